# Two commands: `make serve` and `make test`. Everything else is a step of them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TEST := $(VENV)/.ready-test
# What is passed to `qa serve`, for example: make serve ARGS="--port 8080"
ARGS ?=

.PHONY: serve test setup setup-test models lint lock docs coverage screenshots lighthouse clean

serve: setup
	@$(BIN)/qa models fetch
	@$(BIN)/qa build --if-missing || [ $$? -eq 3 ]  # 3: built, and what was left out is named above
	@exec $(BIN)/qa serve $(ARGS)

test: setup-test
	@$(BIN)/qa models fetch snowflake-arctic-embed-s ms-marco-MiniLM-L-12-v2 all-MiniLM-L6-v2 SmolLM2-135M-Instruct
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

# What the tests run, line by line; it takes half as long again.
coverage: setup-test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --cov --cov-report=term-missing:skip-covered $(ARGS)

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(READY)

setup-test: $(READY_TEST)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
		{ echo "Python cannot make an environment; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(READY_TEST): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

# Pins every package that pyproject.toml leads to. Torch's CPU build leads to fewer packages than its CUDA
# build; those are left out, so the constraints fit both.
lock: setup-test
	$(BIN)/python -m scripts.lock

# The reference in docs/reference/, from the code.
docs: setup-test
	$(BIN)/python -m scripts.reference

screenshots: setup-test
	$(BIN)/python -m scripts.screenshots

lighthouse: setup
	$(BIN)/python -m scripts.lighthouse

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
