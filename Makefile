# `make` lists every target. Only Python 3.11+ and make are needed; the rest is set up here.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
TRAIN := $(VENV)/train
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
TESTS ?= tests
WORKERS ?= 3
unexport PYTHONDONTWRITEBYTECODE # tests start many processes: each module is compiled once

.DEFAULT_GOAL := targets
.PHONY: targets setup run serve test check fix bench measure train lock openapi messages transcripts pictures art browser tools clean

targets: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: setup ## set up, then serve the browser chat and the staff console (PORT, HOST)
	$(BIN)/python sigurt.py serve --host $(HOST) --port $(PORT)

test: $(VENV)/developer browser tools ## set up, then run every test, PostgreSQL and browser included (TESTS, WORKERS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(VENV)/developer ## format, lint, types, architecture, content, contract, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python sigurt.py content check --whole
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_docs.py tests/api/test_contract_document.py tests/api/console/test_catalogues.py

fix: $(VENV)/developer ## bring the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/developer ## what a message costs, beside a bare webhook with one commit each
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench

measure: $(VENV)/runtime ## what the triage hears on messages it never saw, and how fast (MESSAGES)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.triage $(MESSAGES)

train: $(TRAIN)/ready ## make the triage's models anew, then measure them beside the floor
	$(TRAIN)/bin/python -m bot.triage.training.cues > $(TRAIN)/cues.json
	mv $(TRAIN)/cues.json content/cues.json
	$(TRAIN)/bin/python -m bot.triage.training.encoder
	$(TRAIN)/bin/python -m bot.triage.training.weighing
	OPENBLAS_NUM_THREADS=1 $(TRAIN)/bin/python -m bench.triage --floor

setup: $(VENV)/runtime ## install what running needs into .venv

browser: ## install Chromium for the browser tests, where it is missing (Debian, as root)
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || { \
	  echo "The browser tests need Chromium: install it (Debian: apt-get install chromium) and repeat."; exit 1; }

tools: ## install what others check a bundle of evidence with, where it is missing (Debian, as root)
	@for tool in minisign age openssl unzip; do command -v $$tool >/dev/null 2>&1 || missing=yes; done; \
	  [ -z "$$missing" ] || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends minisign age openssl unzip >/dev/null; } || { \
	  echo "The tests of bundles need minisign, age, openssl and unzip: install them (Debian: apt-get install) and repeat."; exit 1; }

lock: $(VENV)/developer ## write the locked requirements anew: what is served is what was tested
	$(LOCK) --upgrade --group dev pyproject.toml -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock pyproject.toml -o requirements.lock
	$(LOCK) --upgrade -c requirements-dev.lock --group train -o requirements-train.lock

openapi: $(VENV)/developer ## write api/openapi.json, the contract, anew
	$(BIN)/python -m api.openapi

messages: $(VENV)/developer ## collect the console's texts for translation
	$(BIN)/python -m api.locale.catalogue

transcripts: $(VENV)/developer ## write the expectations of the golden transcripts anew
	SIGURT_REWRITE=1 $(BIN)/python -m pytest tests/transcripts

pictures: $(VENV)/developer browser ## take the pictures of README and guides from the real pages, drawings and certificates
	PYTHONPATH=.:tests $(BIN)/python tests/pictures.py

art: $(VENV)/developer browser ## print the lessons' drawings for messengers, which take no SVG
	PYTHONPATH=tests $(BIN)/python tests/drawings.py

clean: ## remove what was set up; data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sigurt needs Python 3.11 or newer; set PYTHON=/path/to/it."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(TRAIN)/ready: requirements-train.lock | $(VENV)/bin/python
	$(BIN)/python -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/runtime: requirements.lock | $(VENV)/bin/python
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/developer: requirements-dev.lock requirements.lock | $(VENV)/bin/python
	$(PIP) -r requirements-dev.lock
	@touch $(VENV)/runtime $@
