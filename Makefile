# Groundswell's commands; `make help` lists them. Python 3.11, make and git are all that a machine needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

# Where it is set, each of the tests' hundred processes would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check install install-dev lock bench picture format clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s'|'

run: install  ## start Groundswell: your workspace if .env names one, else the sandbox in the browser
	@$(BIN)/python -m bot run

# Two more processes than there are cores: much of the time the tests wait for something.
test: install-dev chromium  ## run the tests (SQLite, PostgreSQL, a real browser; BOTH=1: every one on both engines)
	@$(BIN)/python -m pytest -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 2) + 2)") --dist worksteal $(if $(BOTH),--both-engines)

check: install-dev  ## lint, format, strict types, architecture rules, views against Slack's limits
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/python -m pytest tests/test_architecture.py tests/views

install: $(VENV)/.installed  ## put what Groundswell needs into .venv

install-dev: $(VENV)/.installed-dev

bench: install-dev  ## measure speed (add QUICK=1 for a small run)
	@$(BIN)/python -m bench $(if $(QUICK),--quick)

picture: install-dev chromium  ## take the picture in README.md anew
	@$(BIN)/python -m tests.picture

format: install-dev  ## put the code in the house style
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: install-dev  ## pin names, versions and hashes anew
	@$(BIN)/pip install --quiet uv
	@for kind in "" dev; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate $${kind:+--extra $$kind} pyproject.toml -o requirements$${kind:+-$$kind}.lock; done

clean:  ## remove .venv and everything that was made here
	@rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

# The stamp files let make skip what is installed already, and install again when a lock changes.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Groundswell needs (once, about a minute) ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

# A real browser for the page's tests: on Debian as root it is installed, elsewhere those tests say that they were skipped.
.PHONY: chromium
chromium:
	@if ! command -v chromium >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
		echo "Installing Chromium for the browser tests (once) ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-color-emoji >/dev/null; fi
