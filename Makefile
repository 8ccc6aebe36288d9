# Everything a developer runs; `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
# Named after what the environment was made from: a target installs when that has changed, and not
# because a checkout gave the files another time.
STAMP := .venv/.made-from-$(shell cat requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)
SEASONS = "$${FULLCOURT_SHARED:-../shared}/data/nba"
NEEDS := import sys; (3, 11) <= sys.version_info < (3, 14) or \
  sys.exit("fullcourt needs Python 3.11, 3.12 or 3.13, for example: make setup PYTHON=python3.12")
PLATFORMS := x86_64-manylinux_2_31 aarch64-manylinux_2_31 aarch64-apple-darwin x86_64-apple-darwin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types measure bench growth peers page picture charts export batches
.PHONY: correction site analyze live torture lock peers-lock wheels clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What is locked is installed and nothing else. --no-deps: pip never resolves. Only wheels: building
# from sources would take tools that the lock does not name. `pip check` proves the lock complete.
# --clear: nothing stays of an older lock, another Python or a set-up that was interrupted.
define INSTALL
@$(PYTHON) -c '$(NEEDS)'
$(PYTHON) -m venv --clear .venv
$(PIP) install --quiet --no-deps --only-binary :all: --require-hashes -r requirements.lock
$(PIP) install --quiet --no-deps --no-build-isolation --editable .
$(PIP) check
@touch $(STAMP)
endef

setup: ## make .venv anew, with the fullcourt command and the tools
	$(INSTALL)

$(STAMP):
	$(INSTALL)

demo: $(STAMP) ## the demo league into a local warehouse, the whole backfill, the gates, the report
	$(BIN)/fullcourt demo

# Bytecode is kept whatever the shell says: compiling everything anew is a third of what each process
# spends before its first test, and most of what a short command does.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(STAMP) ## run the tests, in three processes
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(STAMP) ## check style, layers and the queries' SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint processors training validation/sql warehouse/sql

types: $(STAMP) ## check the types
	$(BIN)/mypy

# Without the advertisement that the theme prints; not --quiet, which would not count the warnings either.
site: $(STAMP) ## build the documentation: open build/site/index.html; asks no other site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

measure: $(STAMP) ## how the code reads: density, lengths, imports, names
	$(BIN)/python -m bench measure

bench: $(STAMP) ## limit, floor, backfill, gates, correction, start-up on the demo range (AGAINST=COMMIT beside it)
	$(BIN)/python -m bench speed $(if $(AGAINST),--against $(AGAINST))

growth: $(STAMP) ## what 1, 2, 4, 8, 16 and 30 demo seasons cost (minutes)
	$(BIN)/python -m bench growth

peers: $(STAMP) ## SQLMesh, dbt, Dagster and Prefect beside fullcourt; writes the table of docs/benchmarks.md (up to 20 minutes)
	$(BIN)/python -m bench peers --write --json .peers/peers.json

page: $(STAMP) ## the page of 4 and of 30 made-up seasons in Chromium: size, first paint, a filter
	$(BIN)/python -m bench page

picture: $(STAMP) ## draw docs/calendar.png, the README's picture, from the demo's page
	$(BIN)/python -m bench picture

# The library is kept in the repository, as released: what npm sends must have the hash that is
# written down beside the version in reports/page/inline.py.
charts: $(STAMP) ## fetch the page's chart library anew with npm, and check it
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	version=$$($(BIN)/python -c 'from reports.page.inline import CHARTS_VERSION as v; print(v)') && \
	(cd "$$folder" && npm pack --silent "echarts@$$version" && tar xzf echarts-*.tgz) && \
	cp "$$folder/package/dist/echarts.common.min.js" reports/page/assets/ && \
	cp "$$folder/package/LICENSE" reports/page/assets/echarts.LICENSE.txt && \
	cp "$$folder/package/NOTICE" reports/page/assets/echarts.NOTICE.txt
	$(BIN)/python -m pytest -q tests/page/test_page_html.py -k library

export: $(STAMP) ## take every table out of the demo's warehouse twice: time, memory, equal bytes
	$(BIN)/python -m bench export

batches: $(STAMP) ## compute the real seasons in batches of 1, 7, 30, a season and several, and compare every cell (minutes)
	$(BIN)/python -m bench batches $(SEASONS)

correction: $(STAMP) ## correct one box score of the real seasons, count the cells that are computed again
	$(BIN)/python -m bench correction $(SEASONS)

analyze: $(STAMP) ## hold every BigQuery statement against Google's own analyzer (minutes)
	FULLCOURT_ANALYZE=1 $(BIN)/python -m pytest tests/warehouse/bigquery/test_analyzer.py

live: $(STAMP) ## run the BigQuery tests on a real project, the one that FULLCOURT_LIVE_PROJECT names
	$(BIN)/python -m pytest tests/live -v -rs

torture: $(STAMP) ## random edits and loads, damaged files, odd command lines, kills (hours)
	$(BIN)/python -m tests.property --sequences 2000 --steps 1 --workers 2
	$(BIN)/python -m tests.property --sequences 100 --steps 5 --workers 2
	$(BIN)/python -m tests.property --gates --sequences 200 --workers 2
	$(BIN)/python -m tests.property.loading --sequences 500 --workers 2
	$(BIN)/python -m tests.property.loading --through-cli 5
	$(BIN)/python -m tests.torture.creation --points 120
	$(BIN)/python -m tests.torture.fetching --seeds 5 --kills 20
	$(BIN)/python -m tests.fuzz --lines 300 --files 350
	$(BIN)/python -m tests.torture.kills $(SEASONS) --kills 30

lock: $(STAMP) ## resolve requirements.lock again (LOCK=--upgrade takes newer versions)
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command "make lock" --quiet $(LOCK) -o requirements.lock
	@$(MAKE) --no-print-directory wheels

peers-lock: $(STAMP) ## resolve the environments of the tools in bench/peers again
	@for tool in sqlmesh dbt dagster prefect; do \
	  $(BIN)/uv pip compile bench/peers/$$tool/requirements.in --universal --python-version 3.11 \
	    $$(test -f bench/peers/$$tool/override.txt && echo --override bench/peers/$$tool/override.txt) \
	    --generate-hashes --custom-compile-command "make peers-lock" --quiet \
	    -o bench/peers/$$tool/requirements.lock || exit 1; \
	done

wheels: $(STAMP) ## ask the index for a wheel of each locked package, for each Python and platform
	@for python in 3.11 3.12 3.13; do for platform in $(PLATFORMS); do \
	  echo "wheels for Python $$python on $$platform"; \
	  $(BIN)/uv pip install --quiet --dry-run --no-deps --only-binary :all: --require-hashes \
	    --target .venv/wheels --python-version $$python --python-platform $$platform \
	    -r requirements.lock || exit 1; \
	done; done

clean: ## remove .venv, builds and caches (never .fullcourt, where the data is)
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .hypothesis
	find . \( -name __pycache__ -o -name .ruff_cache \) -type d -prune -exec rm -rf {} +
