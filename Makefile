# Everything that a person types: make lab, make test. The rest serves these two.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: lab test bench setup setup-test setup-bench notebooks lock clean

lab: setup ## open JupyterLab at the start of the course; ARGS="--port 8899" is passed on
	$(BIN)/kit lab $(ARGS)

test: setup-test ## run every test: code, notebooks, browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports
	$(BIN)/kit check
	$(BIN)/kit notebooks --check
	$(BIN)/kit solutions --check
	$(BIN)/pytest -n 2 --dist loadfile

setup: .venv/.setup

setup-test: .venv/.setup-test

setup-bench: .venv/.setup-bench

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This kit needs Python 3.11 or newer. Install it, then say: make lab PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.setup: .venv/bin/python pyproject.toml requirements.lock
	$(PIP) install --constraint requirements.lock --editable .
	@touch $@

.venv/.setup-test: .venv/.setup
	$(PIP) install --constraint requirements.lock --editable '.[test]'
	@touch $@

bench: setup-bench ## measure against the peers, in one run; ARGS=names runs only those
	$(BIN)/python -m bench $(ARGS)

notebooks: setup ## make the notebooks and the solved ones from the lessons' Markdown
	$(BIN)/kit notebooks
	$(BIN)/kit solutions
	cd examples/the-library && $(CURDIR)/$(BIN)/kit notebooks && $(CURDIR)/$(BIN)/kit solutions

.venv/.setup-bench: .venv/.setup-test
	$(PIP) install --constraint requirements.lock --editable '.[bench]'
	@touch $@

lock: setup-test ## write down the versions that are installed now
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean: ## remove what was installed; answers in my-work stay
	rm -rf .venv
