# Short names for ./spoonfeeder; nothing here that the script cannot do.
.PHONY: up test chaos chaos-tasks drills restore-drill sweep fuzz abuse soak bench bars lint format pages far late wheel screenshots

up:
	./spoonfeeder up

test:
	./spoonfeeder test

# 300 generations under 42 faults, through the public door (minutes).
chaos:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos --generations 300 --seed $(or $(SEED),1)

# Single faults, each with its bar: FAULTS="F5 F13" for some, FULL=1 as long as docs/reliability.md says (15 minutes; an hour).
drills:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos.drills $(FAULTS) $(if $(FULL),--full)

# 1,000 tasks for every provider under the same faults (minutes).
chaos-tasks:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos.tasks --tasks 1000 --seed $(or $(SEED),1)

# 10,000 generations backed up, restored elsewhere and started, with the times (minutes, 6 GB of disk).
restore-drill:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.operation.restore_drill

# 200 pictures over two ComfyUIs of unlike speed; then with the faster one killed halfway, for good and for a moment.
sweep:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos.sweep
	.venv/bin/python -m tests.chaos.sweep --kill away
	.venv/bin/python -m tests.chaos.sweep --kill back

# Every operation of the API with EXAMPLES (100) generated requests; the life of a row against a model (minutes).
fuzz:
	EXAMPLES=$(or $(EXAMPLES),100) ./spoonfeeder test tests/fuzz tests/durable/test_model.py -m fuzz -s -o faulthandler_timeout=0

# Every attack of docs/reliability.md, one line each (minutes).
abuse:
	./spoonfeeder --help >/dev/null
	THOROUGH=1 .venv/bin/python -m tests.reliability A

# Mixed traffic with a fault a minute; at the end everything has to be as it was.
soak:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos.soak --minutes $(or $(MINUTES),60) --seed $(or $(SEED),1)

# Ours beside bare floors, written to docs/performance.md (20 minutes and 6 GB of disk; leave the machine alone meanwhile).
bench:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -P frontend/build.py build
	.venv/bin/python -m tests.bench

# Further bars that are no targets: claims, checks of access, login, extraction, each filter of the search, large pages.
bars:
	./spoonfeeder test tests/bench tests/browser/test_many.py -m bench -s

# Every page on a desktop and on a phone, with axe and by keyboard, as a stranger and as a viewer; the tests take half of them.
pages:
	.venv/bin/python -P frontend/build.py build
	THOROUGH=1 ./spoonfeeder test tests/browser/test_all_pages.py tests/browser/test_two_people.py -m browser

# The browser tests over a line on which each request takes 700 ms longer.
far:
	.venv/bin/python -P frontend/build.py build
	LATENCY_MS=700 ./spoonfeeder test --confcutdir tests/browser -n 3 --dist loadgroup tests/browser -m browser

# The server's tests while the database, Redis and other servers answer late, each time by another time.
late:
	LATENCY=1 ./spoonfeeder test -n 8 --dist worksteal -m "not (alone or bench or browser or chaos or fuzz)"

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
