# Threefold. `make` alone lists what there is. Everything is set up by itself; nothing outside this folder is changed,
# except: as root on a machine without user namespaces, PostgreSQL's files stand under /var/lib/threefold, and the browser
# that tests use is installed with apt.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := deploy/requirements

.DEFAULT_GOAL := help
.PHONY: help setup develop run test check prove defences audit bench lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(VENV)/.local-ready var/assets/manifest.json ## set everything up (the other targets do this first)

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit("Threefold needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.local-ready: $(LOCK)/local.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Threefold needs (pinned by hash) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/local.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev-ready: $(LOCK)/dev.txt $(VENV)/.local-ready
	@echo "Installing what the tests and checks need (pinned by hash) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/dev.txt
	@touch $@

var/assets/manifest.json: deploy/assets/package-lock.json deploy/assets/package.json deploy/assets.py $(VENV)/.local-ready
	@echo "Fetching the page assets (pinned by hash) ..."
	@$(BIN)/python deploy/assets.py

develop: setup $(VENV)/.dev-ready ## set up what writing rules, tests and checks needs as well

run: setup ## set up and serve on http://127.0.0.1:8000 (PORT=... for another port)
	@$(BIN)/threefold up

# Each worker has a database server of its own; more than six of them take more memory than they save time.
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 2 ? 2 : n > 6 ? 6 : n)))

test: setup $(VENV)/.dev-ready ## run every test, the browser's included
	@$(BIN)/python deploy/browser.py
	@export THREEFOLD_CHROMIUM="$$(cat var/chromium.path)" PLAYWRIGHT_NODEJS_PATH="$$($(BIN)/python deploy/node.py)"; \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10 $(ARGS)

check: setup $(VENV)/.dev-ready ## lint, types, import contracts and house rules
	@$(BIN)/ruff check platform plugins migrations tests deploy benchmarks
	@$(BIN)/ruff format --check platform plugins migrations tests deploy benchmarks
	@$(BIN)/mypy platform/threefold plugins
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house

prove: setup $(VENV)/.dev-ready ## the long proofs: 10,000 generated calls of the JSON door, the sweeps, and the fuzzing at length
	@PROVE_CALLS=1000 PROVE_IN_ALL=10000 PROVE_EXAMPLES=2000 PROVE_ROUNDS=100 $(BIN)/python -m pytest -n $(WORKERS) -o timeout=3000 --durations=10 \
	  tests/api/test_api.py tests/proof tests/governance/test_comparison.py $(ARGS)

defences: setup $(VENV)/.dev-ready ## switch each defence off in a copy and see its test fail (long; ARGS="words of a row" for some)
	@$(BIN)/python -m tests.proof.switched_off $(ARGS)

audit: $(VENV)/bin/python ## ask for known weaknesses of every pinned package (needs a network that reaches the advisories)
	@$(PYTHON) -m venv var/audit
	@var/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/audit.txt
	@$(BIN)/python deploy/audit.py $(ARGS) var/audit/bin/pip-audit $(LOCK)/local.txt $(LOCK)/dev.txt

bench: setup $(VENV)/.dev-ready ## measure, as ratios in one run; writes benchmarks/results.json
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev-ready ## resolve the requirements again and pin them by hash
	@cd $(LOCK) && for name in run local dev audit; do \
	  ../../$(BIN)/uv pip compile --quiet --no-config --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	    --no-emit-find-links --no-header --output-file $$name.txt $$name.in; done

clean: ## remove the virtual environment and everything under var/ (the demonstration's data too)
	@rm -rf $(VENV) var
