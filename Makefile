# Each command does all of its own set-up, in .venv; CONTRIBUTING.md says more.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
QUIETLY := --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet
export UV_SYSTEM_CERTS := 1

.PHONY: demo test check check-consumer format bench matrix lock clean

demo: .venv/installed  ## start a real (mock) Cognito server, and resolve three users against it
	@$(BIN)/python examples/demo.py

test: .venv/installed  ## run the whole suite
	@$(BIN)/python -m pytest

check: .venv/installed  ## formatting, lint, types by four checkers
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/pyright --warnings
	@$(BIN)/ty check --quiet
	@$(BIN)/pyrefly check --summary=none
	@MYPYPATH=typings $(BIN)/stubtest jmespath --ignore-missing-stub
	@$(MAKE) --no-print-directory check-consumer

check-consumer: .venv/installed  ## the wheel's types, for a user who has no stubs
	@rm -rf build/consumer build/wheel
	@$(BIN)/python -m hatchling build --target wheel --directory build/wheel >/dev/null
	@$(BIN)/python -m venv build/consumer
	@build/consumer/bin/python -m pip install $(QUIETLY) --require-hashes -r requirements/consumer.txt
	@build/consumer/bin/python -m pip install $(QUIETLY) --no-deps build/wheel/*.whl
	@cd build && PATH="$(CURDIR)/build/consumer/bin:$$PATH" \
		$(CURDIR)/$(BIN)/pyright --verifytypes cognito_claims --ignoreexternal >consumer/verifytypes \
		|| { cat consumer/verifytypes; exit 1; }
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/mypy
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/pyright --warnings
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/ty check --quiet
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/pyrefly check --summary=none

format: .venv/installed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: .venv/installed  ## print the ratios, and write them to build/bench.json; needs Java, 4 GB and some minutes
	@$(BIN)/python -m benchmarks.bench

matrix: .venv/installed  ## the suite on every CPython found, with the lowest and the newest of what is allowed
	@$(BIN)/python tools/matrix.py

lock: .venv/installed  ## pin the newest versions anew
	@$(COMPILE) --all-extras --group dev --upgrade --output-file requirements/dev.txt >/dev/null
	@$(COMPILE) --all-extras --constraint requirements/dev.txt --output-file requirements/consumer.txt >/dev/null

clean:
	rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

.venv/installed: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(QUIETLY) --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
	@touch $@
