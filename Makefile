# Jinzhi 津知. `make` or `make help` lists what can be done.
# Every path below is relative, so the checkout may lie in a folder with spaces in its name.

# the first Python that is new enough; name another with `make PYTHON=…`
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PY := .venv/bin/python
JINZHI := .venv/bin/jinzhi
# where and how the demonstration is served
HOST ?= 127.0.0.1
PORT ?= 8000
# what else pytest is to be told, as make test ARGS="tests/kernel -k working_day", and how many tests run at once: a few
# that are picked are over before a second process has started
ARGS ?=
JOBS ?= $(if $(strip $(foreach picked,-k .py ::,$(findstring $(picked),$(ARGS)))),0,2)
CODE := src tests scripts $(wildcard benchmarks)

export HOST PORT
# compiled modules are kept: a Python that reads all source anew takes seconds to start
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test setup lint format types contracts docs measure messages new bench lock clean
.SILENT:

help: ## list these targets
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18
	echo
	echo "  HOST=$(HOST) PORT=$(PORT); JINZHI_VAR names the folder of everything kept (default var/)"

run: .python ## set everything up and serve the demonstration city on http://127.0.0.1:8000
	"$(PYTHON)" scripts/setup.py base
	exec sh scripts/run.sh

test: .python ## set everything up and run all tests; ARGS="…" goes to pytest
	"$(PYTHON)" scripts/setup.py base test
	JINZHI_VAR="$(CURDIR)/.venv/test-var" $(PY) -m pytest -p tests.nothing_skipped -n $(JOBS) --dist loadfile --no-loadscope-reorder \
		-rs $(if $(ARGS),,--junitxml=.venv/tests.xml) $(ARGS)

setup: .python ## set everything up for development: packages, launcher, assets, translations
	"$(PYTHON)" scripts/setup.py base test dev
	echo "ready: $(JINZHI) --help"

lint: .dev ## style and formatting
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check $(CODE)

format: .dev ## put style and formatting right where a tool can
	$(PY) -m ruff check --fix $(CODE)
	$(PY) -m ruff format $(CODE)

types: .dev ## mypy, strict
	$(PY) -m mypy

contracts: .dev ## the layers, by import-linter
	$(PY) -c 'from importlinter.cli import lint_imports_command as main; main()' --no-logo

docs: .base ## write GLOSSARY.md and docs/reference from the declarations
	$(JINZHI) docs

measure: .base ## count files, functions, rooms, arrows; write the table into docs/explanation/architecture.md
	$(PY) scripts/measure.py

messages: .base ## collect new strings into the catalogues and compile the translations
	$(PY) scripts/messages.py collect
	$(PY) scripts/messages.py compile

new: .base ## a skeleton in one file: make new kind=procedure id=layout-design-dispute row=P5 [zh=…] [en=…]
	test -n "$(kind)" && test -n "$(id)" || \
		{ echo 'say which: make new kind=procedure|register|indicator|law|role id=its-id [row=…] [zh=…] [en=…] [package=…]'; \
			exit 2; }
	$(JINZHI) new "$(kind)" "$(id)" $(foreach o,row zh en package,$(if $($(o)),--$(o) "$($(o))"))

bench: .base ## the heaviest pages on a large plan, and their SQL queries
	$(PY) -m benchmarks $(ARGS)

lock: .dev ## compile requirements/*.in to pinned and hashed *.txt
	sh scripts/lock_requirements.sh

clean: ## remove what was built (not what an installation keeps under var/)
	rm -rf .venv node_modules src/jinzhi/web/static/dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- steps that other targets need -------------------------------------------------------------------------

.PHONY: .python .base .dev
.python:
	test -n "$(PYTHON)" || { echo 'Jinzhi needs Python 3.11 or later, and found none on the path.'; exit 1; }

.base: .python
	"$(PYTHON)" scripts/setup.py base --no-assets

.dev: .python
	"$(PYTHON)" scripts/setup.py base test dev --no-assets
