# Parley: daily commands. `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
# Passed on to the command of a target: make test ARGS="-k ledger"
ARGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TYPED := $(wildcard app migrations tests benchmarks)
GOLDEN := tests/golden/openapi.json
TOOLS := .venv-tools
NODE_BIN := .ci/node_modules/.bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check lint format types contracts openapi openapi-check openapi-lint \
	bench wheel constraints audit clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

# ---------------------------------------------------------------------------- environment

install: $(VENV)/.installed-dev ## Make .venv with everything that development takes
	@:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Parley needs Python 3.11 or newer, and '$(PYTHON)' is" \
			"$$($(PYTHON) --version 2>/dev/null || echo 'not there')." >&2; \
		echo "Name another one: make $(or $(MAKECMDGOALS),install) PYTHON=python3.12" >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

# What running takes, and no more.
$(VENV)/.installed: constraints.txt constraints-build.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement constraints.txt
	$(PIP) install --quiet --require-hashes --requirement constraints-build.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Everything. It includes the above, whose stamp it sets as well.
$(VENV)/.installed-dev: constraints-dev.txt constraints.txt constraints-build.txt pyproject.toml \
		| $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement constraints-dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.installed $@

# ---------------------------------------------------------------------------- use

run: $(VENV)/.installed ## Start Parley on this machine
	@exec $(BIN)/parley serve $(ARGS)

test: install ## Run the tests
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

bench: install ## Run the benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

# ---------------------------------------------------------------------------- checks

check: lint types contracts openapi-check openapi-lint ## Run every check besides the tests

lint: install ## Check style and layout of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: install ## Mend what of style and layout mends itself
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: install ## Check the types
	$(BIN)/mypy $(TYPED)

contracts: install ## Check that no layer knows of one above it
	$(BIN)/lint-imports

openapi: install ## Write the OpenAPI document down as it is now
	@mkdir -p $(dir $(GOLDEN))
	$(BIN)/parley openapi > $(GOLDEN)

openapi-check: install ## Check that the OpenAPI document is the one written down
	@$(BIN)/parley openapi | diff -u $(GOLDEN) - || { \
		echo "The API is not what $(GOLDEN) says; if that is meant: make openapi" >&2; exit 1; }

openapi-lint: .ci/node_modules/.installed ## Check the OpenAPI document with two linters (needs Node)
	$(NODE_BIN)/spectral lint --quiet --fail-severity=warn --ruleset .ci/spectral.yaml $(GOLDEN)
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(NODE_BIN)/redocly lint --config .ci/redocly.yaml $(GOLDEN)

# The two linters are pinned; what they depend on is taken as it stood on NODE_AS_OF. Nothing of
# theirs runs on installing.
NODE_AS_OF := 2026-11-20
.ci/node_modules/.installed: .ci/package.json
	@command -v npm >/dev/null || { \
		echo "The linters of the OpenAPI document need Node 20 or newer with npm." >&2; exit 1; }
	npm install --prefix .ci --before=$(NODE_AS_OF) --no-save --no-package-lock --ignore-scripts \
		--no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

wheel: install ## Build the package into dist/
	@rm -rf dist
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# ---------------------------------------------------------------------------- dependencies

$(TOOLS)/.installed: .ci/tools.txt | $(BIN)/python
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -r .ci/tools.txt
	@touch $@

# For every platform and every Python from 3.11 on. Pins that still hold are kept; to take newer
# ones: make constraints ARGS=--upgrade
COMPILE = $(TOOLS)/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header $(ARGS)

constraints: $(TOOLS)/.installed ## Pin the dependencies of pyproject.toml anew
	$(COMPILE) --all-extras --output-file constraints-dev.txt pyproject.toml
	$(COMPILE) --extra postgres --constraints constraints-dev.txt \
		--output-file constraints.txt pyproject.toml
	printf 'hatchling\neditables\n' | $(COMPILE) --constraints constraints-dev.txt \
		--output-file constraints-build.txt -

audit: $(TOOLS)/.installed ## Ask whether a pinned dependency has a known weakness (needs the net)
	$(TOOLS)/bin/pip-audit --disable-pip --require-hashes --requirement constraints-dev.txt

clean: ## Remove everything that can be made again
	rm -rf $(VENV) $(TOOLS) .ci/node_modules build dist .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
