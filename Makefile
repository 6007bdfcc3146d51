# OERbron: what a contributor types. Needs Python 3.11 or later, make, and a network for packages; nothing else.

PYTHON ?= python3
PORT ?= 8080
RECORDS ?= 2000
WORKERS ?= 4
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALLED := $(VENV)/.installed
DEVELOPING := $(VENV)/.developing

.DEFAULT_GOAL := help
.PHONY: install demo test check bench help

install: $(INSTALLED) ## make .venv with the locked packages and the command .venv/bin/oerbron

demo: $(INSTALLED) ## fill a repository in var/demo and serve it (PORT=8080 RECORDS=2000)
	@$(BIN)/oerbron demo --port $(PORT) --records $(RECORDS)

test: $(DEVELOPING) ## run the tests (WORKERS=4; ARGS="-m postgresql" passes arguments to pytest)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEVELOPING) ## style, format, types and the rooms' import contracts; changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(DEVELOPING) ## measure, print the tables (ARGS="--large 1000000" adds the large lists)
	@$(BIN)/python -m bench $(ARGS)

help: ## show this
	@echo "make <target>, with PYTHON=$(PYTHON) to make the environment with another Python"
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)/  \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

# The stamps: a second run finds them newer than the locks and does nothing.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("OERbron needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPING): $(INSTALLED) requirements-dev.lock
	@echo "Installing what tests and checks need into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
