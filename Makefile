# The two commands are `make demo` and `make test`; every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
VENDOR := dashboard/static/vendor
RUN := $(VENV)/bin/python
WORKERS ?= 2

.PHONY: setup browser pango demo test test-all check mutation format bench contract help

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Maillage needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# What the pages take from npm: style, map, htmx. Without npm they are plain HTML and tables, and say so.
$(VENDOR)/ready: dashboard/package-lock.json | $(VENV)/ready
	@if ! command -v npm > /dev/null; then echo "No npm: the pages have no map and a plain look; install Node.js and run make setup again."; \
	elif (cd dashboard && npm ci --silent --no-audit --no-fund) && $(RUN) -m dashboard.assets; then touch $@; \
	else echo "npm could not fetch the pages' packages: they have no map and a plain look until make setup succeeds."; fi

# A browser for the tests of the pages: Debian's, where we may install it; otherwise those tests are named as skipped.
browser:
	@if ! command -v chromium > /dev/null && command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null 2>&1 \
	  || echo "Chromium could not be installed: the tests of the pages in a browser are skipped."; fi

# What the yearly report's PDF needs of the system, where we may install it; otherwise its route answers 501 and offers CSV.
pango:
	@if ! ldconfig -p 2> /dev/null | grep -q libpangoft2-1.0 && command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core > /dev/null 2>&1 \
	  || echo "Pango could not be installed: there is no PDF of the yearly report, and its tests are skipped."; fi

setup: $(VENV)/ready $(VENDOR)/ready pango ## Prepare .venv (everything else does this when needed)

demo: setup ## Start everything with synthetic data (PORT=8000, SCALE=1, DATA=demo-data, RESET=1)
	@$(RUN) -m graph demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(if $(SCALE),--scale $(SCALE)) $(if $(RESET),--reset)

test: setup browser ## Run the tests (under ten minutes on two cores)
	$(RUN) -m pytest -q -n $(WORKERS) -m "not slow"

test-all: setup browser ## Run every test, the slow ones too
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
