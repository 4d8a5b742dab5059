# Each command sets up its environment if necessary; see CONTRIBUTING.md.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
WORKERS ?= 2
BIN := .venv/bin
DEMO := build/demo
DOCS := build/docs
QUIETLY := -qq --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal
CHECKS := mypy pyright basedpyright consumer format lint layers ty pyrefly stubs github
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
export UV_SYSTEM_CERTS := 1

.PHONY: demo docs site docs-versions playground test test-fast check $(CHECKS:%=check-%) format bench matrix dist lock clean

demo: $(DEMO)/installed  ## start a mock Cognito server and resolve three users against it
	@$(DEMO)/bin/python examples/demo.py

docs: $(DOCS)/installed  ## build the documentation into build/site, and check its links and spelling
	@$(DOCS)/bin/python -m tools.website

site: docs  ## build the documentation, and the playground beside it
	@$(DOCS)/bin/python -m tools.playground build

build/site/index.html:
	@$(MAKE) --no-print-directory docs

docs-versions: $(DOCS)/installed  ## build the site of every release into build/versions
	@$(DOCS)/bin/python -m tools.website.versions

playground: $(DOCS)/installed build/site/index.html  ## build the playground and serve it at 127.0.0.1; with PORT=0, at a free port
	@$(DOCS)/bin/python -m tools.playground serve --port $(or $(PORT),8000)

test: .venv/installed  ## run the whole suite; with COVERAGE=1, fail below 100 % of branches
	@$(PYTEST) $(if $(COVERAGE),--cov --cov-report=term-missing:skip-covered)

test-fast: .venv/installed  ## run what is not marked as slow, with fewer examples of each property
	@$(PYTEST) -m "not slow" --hypothesis-profile=fast

check: .venv/installed  ## formatting, lint, layers, types by five checkers, and the files of .github
	@$(MAKE) --no-print-directory --jobs=2 --keep-going $(SYNC) $(CHECKS:%=check-%)

check-format: .venv/installed
	@$(BIN)/ruff format --check

check-lint: .venv/installed
	@$(BIN)/ruff check

check-layers: .venv/installed
	@$(BIN)/lint-imports --no-logo

check-mypy: .venv/installed
	@$(BIN)/mypy

check-pyright: .venv/installed
	@$(BIN)/pyright --warnings

check-basedpyright: .venv/installed
	@$(BIN)/basedpyright --warnings

check-ty: .venv/installed
	@$(BIN)/ty check --quiet

check-pyrefly: .venv/installed
	@$(BIN)/pyrefly check --summary=none

check-stubs: .venv/installed
	@MYPYPATH=typings $(BIN)/stubtest jmespath --ignore-missing-stub

check-github: .venv/installed
	@$(BIN)/zizmor --offline --persona=pedantic --quiet .github .pre-commit-config.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms \
		$(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

check-consumer: .venv/installed  ## the wheel's types, for a user who has no stubs
	@rm -rf build/consumer build/wheel
	@$(BIN)/python -m hatchling build --target wheel --directory build/wheel >/dev/null
	@$(BIN)/uv venv --quiet build/consumer
	@$(BIN)/uv pip install --quiet --python build/consumer --require-hashes --requirement requirements/consumer.txt
	@$(BIN)/uv pip install --quiet --python build/consumer --no-deps build/wheel/*.whl
	@cd build && PATH="$(CURDIR)/build/consumer/bin:$$PATH" \
		$(CURDIR)/$(BIN)/pyright --verifytypes cognito_claims --ignoreexternal >consumer/verifytypes \
		|| { cat consumer/verifytypes; exit 1; }
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/mypy
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/pyright --warnings
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/ty check --quiet
	@cd tests/typing/consumer && $(CURDIR)/$(BIN)/pyrefly check --summary=none

format: .venv/installed  ## format, and fix what can be fixed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: .venv/installed  ## print the ratios, and write them to build/bench.json; without CORE=1, needs Java, 4 GB, 9 GB of disk and 10 minutes
	@$(BIN)/python -m benchmarks.bench $(if $(CORE),core) $(if $(POOL),pool)

matrix: .venv/installed  ## run the suite on every installed CPython, with the lowest and the newest allowed versions
	@$(BIN)/python tools/matrix.py

dist: .venv/installed  ## build the sdist and the wheel
	@rm -rf dist
	@$(BIN)/python -m hatchling build >/dev/null

lock: .venv/installed  ## pin the newest versions of all dependencies
	@$(COMPILE) pyproject.toml --all-extras --group dev --upgrade --output-file requirements/dev.txt >/dev/null
	@$(COMPILE) pyproject.toml --all-extras --constraint requirements/dev.txt --output-file requirements/consumer.txt >/dev/null
	@$(COMPILE) pyproject.toml --extra aws --extra cli --group demo --constraint requirements/dev.txt \
		--output-file requirements/demo.txt >/dev/null
	@$(COMPILE) pyproject.toml --extra pool --extra testing --group docs --constraint requirements/dev.txt \
		--output-file requirements/docs.txt >/dev/null
	@set -e; for name in ministack localemu; do \
		$(COMPILE) requirements/emulators/$$name.in --override requirements/emulators/overrides.txt --upgrade --no-annotate \
			--output-file requirements/emulators/$$name.txt >/dev/null; done

clean:
	rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# Set up an environment: its folder, and the requirements that it gets.
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up $(1) (once) ..."
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install $(QUIETLY) --no-deps --require-hashes -r $(2)
	@$(1)/bin/python -m pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
	@touch $@
endef

.venv/installed: requirements/dev.txt pyproject.toml
	$(call install,.venv,requirements/dev.txt)

$(DEMO)/installed: requirements/demo.txt pyproject.toml
	$(call install,$(DEMO),requirements/demo.txt)

$(DOCS)/installed: requirements/docs.txt pyproject.toml
	$(call install,$(DOCS),requirements/docs.txt)
