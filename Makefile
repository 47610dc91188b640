# The two commands of a newcomer: `make demo` and `make test`. They need Python 3.11 or later (with venv) and make, nothing else.
# Everything lands in .venv; constraints.txt pins every version. Another Python: make PYTHON=python3.12 demo

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
RUN := .venv/bin
# Many tests wait, for browsers and for processes that are killed: one worker more than there are processors, up to four. Each takes
# neighbours (worksteal), which share what a file prepares.
WORKERS := $(shell count=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$count" -lt 4 ] && echo $$((count + 1)) || echo 4)
# A new version, a new dependency or a new way of setting up is installed before anything else runs.
PINS := constraints.txt pyproject.toml tools/environment.py
KERNELS := $(wildcard src/tankerwatch/core/kernels/*.py) $(addprefix src/tankerwatch/core/,ais/layouts.py hour.py mids.py mmsi.py)
CODE := src tests tools $(wildcard bench soak examples)

.DEFAULT_GOAL := help
.PHONY: help demo test bench soak evaluate check style types law packages unused pages web docs clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help: ## say what can be made
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

demo: .venv/ready .venv/compiled ## watch the bundled scene of 13 June 2019 in the browser
	@$(RUN)/tankerwatch demo $(OPTIONS)

test: .venv/ready-dev .venv/compiled ## run all tests; some of them: make test OPTIONS="tests/test_cli.py -k help"
	@$(RUN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(OPTIONS)

# The peers are installed for the bench alone; one that cannot be is left out, and the bench says so.
bench: .venv/ready-dev .venv/compiled ## the speed of the decoder, the river, the history, the journal, the desk and the page, against peers, into bench/ (half an hour)
	@grep -v '^#' bench/constraints.txt | while read -r peer; do \
		$(RUN)/python -m pip install --quiet --disable-pip-version-check "$$peer" >/dev/null 2>&1 || echo "$$peer cannot be installed here"; done
	@$(RUN)/python bench/decode.py --write bench/RESULTS.md $(OPTIONS)
	@$(RUN)/python bench/river.py --write bench/RESULTS-river.md
	@$(RUN)/python bench/history.py --write bench/RESULTS-history.md
	@$(RUN)/python bench/journal.py --write bench/RESULTS-journal.md
	@$(RUN)/python bench/desk.py --write bench/RESULTS-desk.md
	@$(RUN)/python bench/page.py --write bench/RESULTS-page.md

soak: .venv/ready-dev .venv/compiled ## the decoder against hostile lines and files, the API against made-up requests, the journal against the drill, into soak/ (half an hour)
	@$(RUN)/python soak/decoder.py --write $(OPTIONS)
	@TANKERWATCH_API_EXAMPLES=300 $(RUN)/python -m pytest --timeout 1800 tests/desk/test_openapi.py
	@$(RUN)/tankerwatch drill --full --write soak/RESULTS-drill.md

evaluate: .venv/ready .venv/compiled ## the detectors on scenes with known truth and clean traffic, into evaluate/RESULTS.md (half an hour)
	@$(RUN)/tankerwatch evaluate --full --write evaluate/RESULTS.md $(OPTIONS)

CHECKS := style types law packages unused pages web
check: $(CHECKS) ## style, types, the law of the house, packages, unused code, generated pages, the page's bundle (all: make -k check)
style: .venv/ready-dev
	$(RUN)/ruff check $(CODE)
	$(RUN)/ruff format --check $(CODE)
types: .venv/ready-dev
	$(RUN)/mypy
law: .venv/ready-dev
	$(RUN)/lint-imports
packages: .venv/ready-dev
	$(RUN)/deptry src
unused: .venv/ready-dev
	$(RUN)/vulture
pages: .venv/ready-dev
	$(RUN)/python tools/docs.py --check

web: ## rebuild the page's bundle and compare it with the committed one (needs Node; says so where there is none)
	@sh tools/web_bundle.sh

docs: .venv/ready-dev ## write the generated pages of docs/reference anew
	$(RUN)/python tools/docs.py

clean: ## remove the environment and every cache; the next make begins from nothing
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis web/node_modules
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready: $(PINS)
	@$(PYTHON) tools/environment.py
	@touch $@

.venv/ready-dev: $(PINS)
	@$(PYTHON) tools/environment.py --dev
	@touch $@ .venv/ready

# Compiled code is kept beside its source; this only makes sure that nobody waits for it later.
.venv/compiled: $(KERNELS) | .venv/ready
	@echo "compiling the kernels (once)"
	@$(RUN)/python -c 'from tankerwatch.core import kernels; kernels.warm()'
	@touch $@
