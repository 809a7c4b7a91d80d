# The two commands are `make demo` and `make test`; every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
WORKERS ?= 2

.PHONY: setup demo test test-all check mutation format bench contract help

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Maillage needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/ready ## Prepare .venv (everything else does this when needed)

demo: setup ## Start everything with synthetic data (PORT=8000, SCALE=1, DATA=demo-data, RESET=1)
	@$(RUN) -m graph demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(if $(SCALE),--scale $(SCALE)) $(if $(RESET),--reset)

test: setup ## Run the tests (under ten minutes on two cores)
	$(RUN) -m pytest -q -n $(WORKERS) -m "not slow"

test-all: setup ## Run every test, the slow ones too
	$(RUN) -m pytest -q -n $(WORKERS)

check: setup ## Format, lint, types, import contracts
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy graph dashboard loaders auth schema bench tests migrations
	$(VENV)/bin/lint-imports

mutation: setup ## Change every line of the policy and see that a test fails (minutes; writes docs/mutation.md)
	$(RUN) -m tests.mutation --write-docs

format: setup ## Format the code
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

bench: setup ## Measure against the peers (docs in bench/results.md)
	$(RUN) -m bench

contract: setup ## Write the generated files: SDL of each audience, docs/permissions.md, docs/policy.json
	$(RUN) -m graph contract --write
	$(RUN) -m graph explain --write-docs
