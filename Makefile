# Short names for ./spoonfeeder; nothing here that the script cannot do.
.PHONY: up test chaos fuzz bench lint format

up:
	./spoonfeeder up

test:
	./spoonfeeder test

# 300 generations under 42 faults, through the public door (minutes).
chaos:
	./spoonfeeder --help >/dev/null
	.venv/bin/python -m tests.chaos --generations 300 --seed $(or $(SEED),1)

# Every operation of the API with many generated requests (minutes).
fuzz:
	./spoonfeeder test tests/fuzz -m fuzz -s

bench:
	./spoonfeeder test tests/bench -m bench -s

lint:
	./spoonfeeder lint

format:
	./spoonfeeder lint --fix
