# Everything that a person types: make lab, make test. The rest serves these two.
# The first Python here that is new enough; PYTHON=… names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $$python && break; done)
BIN := .venv/bin
# A .venv whose Python has gone, or that was left half made, is made anew.
LEFT := $(shell $(BIN)/python -c 'import pip' 2> /dev/null || echo anew)

.PHONY: lab site test bench screens setup setup-site setup-test setup-bench setup-hub notebooks lock clean anew

lab: setup ## open JupyterLab at the start of the course; ARGS="--port 8899" is passed on
	@$(BIN)/python -m kit lab $(ARGS)

site: setup-site ## the course as a web site, in PLACE (../site where none is named)
	@$(BIN)/python -m kit site $(or $(PLACE),../site) $(ARGS)

test: setup-test ## run every test: code, notebooks, browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports
	$(BIN)/kit check
	$(BIN)/kit notebooks --check
	$(BIN)/kit solutions --check
	$(BIN)/kit handouts --check
ifneq ($(wildcard handouts/slides),)
	$(BIN)/kit slides --check
	$(BIN)/kit paper --check
endif
ifneq ($(wildcard tests),)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
else # a learners' edition of a course of one's own: do its notebooks give what they came with?
	KIT_WORK="$$(mktemp -d)/my-work" $(BIN)/pytest --nbval notebooks
endif

setup: .venv/.setup

setup-test: .venv/.setup-test .venv/nbgrader/.setup .venv/.setup-site

setup-bench: .venv/.setup-bench

setup-site: .venv/.setup-site

setup-hub: .venv/hub/.setup

.venv/.setup: $(LEFT) pyproject.toml requirements.lock
	@test "$(PYTHON)" || { echo "This kit needs Python 3.11 or newer, and none was found. Install it" \
	  "(https://www.python.org/downloads/), then say this again. If yours has a name of its own, add it:" \
	  "make lab PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m kit.install

.venv/.setup-test: .venv/.setup
	@$(BIN)/python -m kit.install test

# Not among the packages of .venv, nor is JupyterLite (kit/install.py): JupyterLab would show its menu
# and its side bars to learners.
.venv/nbgrader/.setup: .venv/.setup-test
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint requirements.lock \
	  --prefix .venv/nbgrader nbgrader
	@touch $@

# JupyterHub is apart too, with its proxy, which runs in Node. Only `make bench` needs them.
.venv/hub/.setup: .venv/.setup-test
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint requirements.lock \
	  --prefix .venv/hub jupyterhub nbgitpuller
	@npm install --silent --no-fund --no-audit --prefix .venv/hub configurable-http-proxy@5
	@touch $@

bench: setup-test setup-bench setup-hub ## measure against the peers, in one run; ARGS=names runs only those
	$(BIN)/python -m bench $(ARGS)

screens: setup-test ## make the pictures in the documents again, in a real browser
	$(BIN)/python -m screens

notebooks: setup ## make the notebooks, the solved ones, and all that is printed or shown, from their Markdown
	$(BIN)/kit notebooks
	$(BIN)/kit solutions
	$(BIN)/kit handouts
	$(BIN)/kit slides
	$(BIN)/kit paper

.venv/.setup-site: .venv/.setup
	@$(BIN)/python -m kit.install site

.venv/.setup-bench: .venv/.setup-test
	@$(BIN)/python -m kit.install bench

lock: setup-test ## write down the versions that are installed now
	PYTHONPATH="$$(echo .venv/*/lib/*/site-packages | tr " " :)" \
	  $(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean: ## remove what was installed; answers in my-work stay
	rm -rf .venv
