# Two commands matter on a fresh machine with Python 3.11+: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Test files run side by side, each worker with its own broker and database server; WORKERS=0 runs all in one process.
WORKERS ?= 2
IN_PARALLEL = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

SERVICES := encoder grouper scrubber submission simulator
# The names that records are read and searched by are compiled with the tables.
TABLE_SOURCES := $(shell find shared/tables services/encoder/parameters/terms services/encoder/parameters/reading services/encoder/domain/terms \
	-name '*.py' -o -name '*.csv' -o -name '*.yaml') services/encoder/lexicon_store.py services/encoder/search_store.py

.DEFAULT_GOAL := help
# Two targets that install would write into one environment at once.
.NOTPARALLEL:
.PHONY: help demo test test-fast lint format types bench serve meaning kafka generate lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.demo: requirements/demo.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/demo.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt requirements/meaning.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/meaning.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.demo

$(VENV)/.wheels: requirements/pyoce.txt | $(VENV)/.demo
	$(BIN)/pip download --quiet --no-deps --ignore-requires-python --require-hashes \
	  -r requirements/pyoce.txt -d $(VENV)/share/revcycle/wheels
	touch $@

$(VENV)/.tables: $(VENV)/.demo $(VENV)/.wheels $(TABLE_SOURCES)
	$(BIN)/revcycle tables build
	touch $@

demo: $(VENV)/.demo $(VENV)/.tables ## A day of 300 claims from chart to remittance, in one process
	$(BIN)/revcycle demo

serve: $(VENV)/.demo $(VENV)/.tables ## Every service in one process on one port, on SQLite
	$(BIN)/revcycle serve

test: $(VENV)/.dev $(VENV)/.tables ## Every test; real parts that the machine lacks are skipped with a line that says how to get them
	$(BIN)/pytest $(IN_PARALLEL)

test-fast: $(VENV)/.dev $(VENV)/.tables ## The tests that need no broker, database server or proxy
	$(BIN)/pytest $(IN_PARALLEL) -m "not kafka and not postgres and not envoy and not e2e"

lint: $(VENV)/.dev ## Style, types and the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(VENV)/.dev ## Write the code in the one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev $(VENV)/.tables ## Print the figures of docs/performance.md as measured on this machine
	$(BIN)/python -m bench

meaning: $(VENV)/.dev $(VENV)/.tables ## The vectors of search by meaning, once for a set of tables: minutes
	$(BIN)/python -m services.encoder.meaning.build

kafka: $(VENV)/.dev ## A real Apache Kafka on a free loopback port, for use by hand (JDK 17 and Maven)
	$(BIN)/python -m tests.fixtures.kafka

generate: $(VENV)/.dev ## Rewrite what is generated and committed: event schemas, AsyncAPI, lists of edits and guideline rules, command line, settings, tables
	$(BIN)/python -m shared.events.schemas --write
	$(BIN)/python -m services.scrubber.catalogue --write
	$(BIN)/python -m revcycle.cli_reference > docs/cli.md
	$(BIN)/python -m revcycle.settings_reference
	$(BIN)/python -m revcycle.tables_reference
	$(BIN)/python -m revcycle.guidelines_reference

lock: $(VENV)/.dev ## Pin the newest allowed versions with their hashes
	$(BIN)/pip install --quiet uv
	$(foreach set,dev demo $(SERVICES), \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --extra $(set) pyproject.toml \
	    $(if $(filter-out dev,$(set)),--constraint requirements/dev.txt) --output-file requirements/$(set).txt;)

clean: ## Remove what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .revcycle
