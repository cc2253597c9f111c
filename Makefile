# Two commands from a machine with Python ≥ 3.11 and make:
#   make run    install, build the sample corpus, serve it on http://127.0.0.1:$(PORT)
#   make test   install what tests need, then lint, type checks and tests
PYTHON ?= python3
PORT ?= 8000
# Where a CPU build of torch comes from when no wheel of it lies on disk (pip's find-links).
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH ?= torch==2.13.0

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
export DUTYDESK_HOME ?= .dutydesk
CORPUS := $(DUTYDESK_HOME)/corpora/sample/current

.PHONY: help run test lint clean
help:
	@sed -n '1,4s/^# //p' Makefile

run: $(CORPUS)
	$(BIN)/dutydesk serve --corpus sample --port $(PORT)

test: $(VENV)/.tested-with
	$(MAKE) lint
	$(BIN)/pytest

lint: $(VENV)/.tested-with
	$(BIN)/ruff check
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .dutydesk .mypy_cache .pytest_cache .ruff_cache *.egg-info

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("职责台需要 Python 3.11 或更新版本，可用 make PYTHON=… 指定" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

# torch first and by itself: a wheel on disk, else the CPU index, else whatever the registry has.
$(VENV)/.torch: $(VENV)/.made
	$(PIP) install --quiet --no-index --no-deps $(TORCH) 2>/dev/null \
	  || $(PIP) install --quiet --retries 0 --timeout 15 --index-url $(TORCH_INDEX) torch 2>/dev/null \
	  || $(PIP) install --quiet torch
	touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.torch
	$(PIP) install --quiet --editable .
	touch $@

$(VENV)/.tested-with: pyproject.toml $(VENV)/.installed
	$(PIP) install --quiet --editable '.[test]'
	touch $@

$(CORPUS): $(VENV)/.installed index/sample/manifest.yaml
	$(BIN)/dutydesk build index/sample --corpus sample
