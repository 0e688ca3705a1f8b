# Short names for ./spoonfeeder; nothing here that the script cannot do.
.PHONY: up test chaos chaos-tasks fuzz bench lint format wheel screenshots

up:
	./spoonfeeder up

test:
	./spoonfeeder test

# 300 generations under 42 faults, through the public door (minutes).
chaos:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos --generations 300 --seed $(or $(SEED),1)

# 1,000 tasks for every provider under the same faults (minutes).
chaos-tasks:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos.tasks --tasks 1000 --seed $(or $(SEED),1)

# Every operation of the API with many generated requests (minutes).
fuzz:
	./spoonfeeder test tests/fuzz -m fuzz -s

bench:
	./spoonfeeder test tests/bench tests/browser/test_many.py -m bench -s

# Every page as it looks, into docs/screenshots (needs a Chromium).
screenshots:
	.venv/bin/python -P frontend/build.py build
	.venv/bin/python -m tests.browser.screenshots

lint:
	./spoonfeeder lint

format:
	./spoonfeeder lint --fix

# The release, with the page inside, in the folder dist.
wheel:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -P frontend/build.py build
	test -f src/spoonfeeder/web/dist/index.html
	.venv/bin/python -m hatchling build -t wheel
