# Two commands do all set-up on a fresh machine with git, make and Python 3.11 or newer:
#   make demo    the main job end to end, on embedded defaults
#   make test    everything a change must pass
.DEFAULT_GOAL := help
.PHONY: help demo test test-all soak check format bench lock clean system-packages
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--quiet --custom-compile-command 'make lock'
SUDO := $(shell command -v sudo)
DEBIAN := chromium:chromium pdftoppm:poppler-utils node:nodejs java:default-jre-headless \
	/usr/lib/postgresql:postgresql strace:strace soffice:libreoffice-writer-nogui npm:npm \
	Rscript:r-base-core /usr/lib/R/site-library/survey:r-cran-survey
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/.ready: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/.ready  ## questionnaire to leaders' verdict, on a simulated Hà Nội
	$(BIN)/hieuluat demo -o build/demo

test: check  ## everything a change must pass
	$(BIN)/pytest --numprocesses auto --dist loadfile

test-all: $(VENV)/.extras system-packages  ## what needs a browser, a database or more minutes
	$(BIN)/pytest -m heavy

check: $(VENV)/.ready  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready  ## mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: $(VENV)/.ready  ## the long simulations, whole
	$(BIN)/python -m tests.soak.coverage
	$(BIN)/python -m tests.soak.awareness
	$(BIN)/python -m tests.soak.awareness_spec
	KILLS=200 KILLS_BY_CALL=100000 $(BIN)/pytest --numprocesses 2 --dist load -m heavy tests/survey/test_kill.py

bench: $(VENV)/.ready  ## speed, as ratios against a named rival in the same run
	for file in tests/benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

lock: $(VENV)/.ready  ## write requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra dev -o requirements.lock
	$(COMPILE) --extra spark --extra postgres --extra fast -c requirements.lock -o requirements-extras.lock

$(VENV)/.extras: $(VENV)/.ready requirements-extras.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-extras.lock
	@touch $@

system-packages:
	@missing=$$(for p in $(DEBIAN); do test -e $${p%%:*} || command -v $${p%%:*} >/dev/null || echo $${p##*:}; done); \
	if test -z "$$missing"; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "Not here, so their tests are skipped: $$missing"; exit 0; fi; \
	$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	$(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null

clean:  ## remove all that make has made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
