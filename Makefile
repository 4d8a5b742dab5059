# Each command does all of its own set-up, in .venv; CONTRIBUTING.md says more.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin

.PHONY: demo test check format bench lock clean

demo: .venv/installed  ## start a real (mock) Cognito server, and resolve three users against it
	@$(BIN)/python examples/demo.py

test: .venv/installed  ## run the whole suite
	@$(BIN)/python -m pytest

check: .venv/installed  ## formatting, lint, types
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/pyright --warnings

format: .venv/installed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: .venv/installed  ## print the ratios, and write them to build/bench.json
	@$(BIN)/python benchmarks/bench.py

lock: .venv/installed  ## pin the newest versions anew
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--upgrade --generate-hashes --no-header --quiet --output-file requirements/dev.txt >/dev/null

clean:
	rm -rf .venv build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/installed: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
