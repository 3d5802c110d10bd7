# Vedette: make demo | test | lint | bench | build | clean
# Setting up is skipped while neither a pyproject.toml nor the UI's inputs have changed.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup web demo serve test lint unit web-test bench build docs clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

help: ## Say what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

$(STAMP): pyproject.toml sdk/python/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vedette needs Python 3.11 or later; set PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "hatchling>=1.27" "editables>=0.5"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[dev]" --editable sdk/python
	@touch $@

setup: $(STAMP) ## Make .venv with everything that development needs

web: setup ## Build the UI into the package
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python hatch_build.py

demo: web ## Run Vedette with live demo traffic and print its address
	@$(BIN)/vedette demo $(ARGS)

serve: web ## Run Vedette alone
	@$(BIN)/vedette serve $(ARGS)

test: web lint web-test unit ## Run everything that CI runs

lint: setup ## Check formatting, rules, types and floors
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	PYTHONPATH=src:sdk/python/src $(BIN)/lint-imports --no-logo
	cd web && npm run --silent lint && npm run --silent typecheck

web-test: web ## Run the UI's unit tests
	cd web && npm run --silent test

unit: web ## Run the tests in random order, two at a time
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

bench: web ## Measure ingest, queries, start-up and memory
	$(BIN)/python -m bench $(ARGS)

docs: setup ## Write the generated pages of docs/
	$(BIN)/python -m vedette.cli docs

build: setup ## Build the wheels, of the server with its UI and of the SDK, into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist . ./sdk/python

clean: ## Remove what was built, not what was recorded
	rm -rf $(VENV) dist web/node_modules src/vedette/web_dist .mypy_cache .ruff_cache .pytest_cache
