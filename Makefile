# Parley: everyday commands. `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
# Passed on to the command that a target runs: make test ARGS="-k ledger"
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

install: $(VENV)/.installed-dev ## Create .venv with everything needed for development
	@:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Parley needs Python 3.11 or newer, and '$(PYTHON)' is" \
			"$$($(PYTHON) --version 2>/dev/null || echo 'not installed')." >&2; \
		echo "Use another one: make $(or $(MAKECMDGOALS),install) PYTHON=python3.12" >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

# Only what is needed to run Parley.
$(VENV)/.installed: constraints.txt constraints-build.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement constraints.txt
	$(PIP) install --quiet --require-hashes --requirement constraints-build.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Everything. This includes the above, so it touches that stamp as well.
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

check: lint types contracts openapi-check openapi-lint ## Run all checks except the tests

lint: install ## Check code style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: install ## Fix style and formatting automatically
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: install ## Check the types
	$(BIN)/mypy $(TYPED)

contracts: install ## Check that no layer imports one above it
	$(BIN)/lint-imports

openapi: install ## Update the stored copy of the OpenAPI document
	@mkdir -p $(dir $(GOLDEN))
	$(BIN)/parley openapi > $(GOLDEN)

openapi-check: install ## Check that the OpenAPI document matches the stored copy
	@$(BIN)/parley openapi | diff -u $(GOLDEN) - || { \
		echo "The API differs from $(GOLDEN). If this is intended, run: make openapi" >&2; exit 1; }

openapi-lint: .ci/node_modules/.installed ## Check the OpenAPI document with two linters (needs Node)
	$(NODE_BIN)/spectral lint --quiet --fail-severity=warn --ruleset .ci/spectral.yaml $(GOLDEN)
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(NODE_BIN)/redocly lint --config .ci/redocly.yaml $(GOLDEN)

# The two linters are pinned, and their dependencies are resolved as of NODE_AS_OF. Install scripts
# do not run.
NODE_AS_OF := 2026-11-20
.ci/node_modules/.installed: .ci/package.json
	@command -v npm >/dev/null || { \
		echo "The OpenAPI linters need Node 20 or newer with npm." >&2; exit 1; }
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

# For every platform and every Python from 3.11 on. Existing pins are kept if they still satisfy the
# requirements. To upgrade them: make constraints ARGS=--upgrade
COMPILE = $(TOOLS)/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header $(ARGS)

constraints: $(TOOLS)/.installed ## Pin the dependencies in pyproject.toml again
	$(COMPILE) --all-extras --output-file constraints-dev.txt pyproject.toml
	$(COMPILE) --extra postgres --constraints constraints-dev.txt \
		--output-file constraints.txt pyproject.toml
	printf 'hatchling\neditables\n' | $(COMPILE) --constraints constraints-dev.txt \
		--output-file constraints-build.txt -

audit: $(TOOLS)/.installed ## Check pinned dependencies for known vulnerabilities (needs internet access)
	$(TOOLS)/bin/pip-audit --disable-pip --require-hashes --requirement constraints-dev.txt

clean: ## Remove everything that can be rebuilt
	rm -rf $(VENV) $(TOOLS) .ci/node_modules build dist .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
