# Two commands do everything on a fresh machine with Python 3.11+: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test lint bench setup tables lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@if [ -n "$$TICKBELL_TELEGRAM_TOKEN$$TICKBELL_TELEGRAM_TOKEN_FILE" ]; then exec $(BIN)/python -m bot run $(ARGS); \
	else exec $(BIN)/python -m bot run --demo $(ARGS); fi

test: $(VENV)/.dev
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-report=json:.coverage.json -q $(ARGS)
	$(BIN)/python -m tests.floors .coverage.json

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

bench: $(VENV)/.bench
	$(VENV)/bench/bin/python -m benchmarks $(ARGS)

setup: $(VENV)/.dev

# The README's tables are generated from the registries; a test compares them.
tables: $(VENV)/.dev
	$(BIN)/python -m bot.tables README.md

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tickbell needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed: on Debian and Ubuntu install the package python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.python
	@echo "Setting up .venv (once; about half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.python
	@echo "Setting up .venv for development (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run

# The peers that benchmarks run beside ours live apart: no test and no newcomer needs them.
$(VENV)/.bench: requirements-bench.lock | $(VENV)/.python
	@echo "Setting up the benchmarks' peers (once; a minute) ..."
	@$(PYTHON) -m venv $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

# Needs uv; lock files hold hashes and no addresses.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.lock --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.lock --extra bench pyproject.toml -o requirements-bench.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.json
