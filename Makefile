# Two commands from a machine with Python ≥ 3.11 and make: `make run` and `make test`; see `make help`.
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
# Names of published files hold spaces, so make cannot list them as prerequisites.
SAMPLE_IS_NEWER = $(shell find index/sample -type f -newer $(CORPUS) 2>/dev/null | head -n 1)

BENCH := .venv-bench
READERS := .venv-readers
SIZES ?= 10000 60000

.PHONY: help run test lint bench bench-quality bench-speed bench-reading bench-page load bundle audit chaos clean FORCE
help:
	@echo 'make run    安装，建样例语料，在 http://127.0.0.1:$(PORT) 启动（PORT=… 换端口）'
	@echo 'make test   安装测试所需，跑 ruff、mypy 和 pytest'
	@echo 'make lint   只跑 ruff 和 mypy'
	@echo 'make bench-quality 和别的做法比谁找得准（另装 LangChain、LlamaIndex、Haystack 到 $(BENCH)）'
	@echo 'make bench-speed   在虚构的省里量速度、内存和索引大小（SIZES="300000 1000000" 换行数）'
	@echo 'make bench-reading 和别的工具比谁读清单读得准（另装 pandas、markitdown、docling 到 $(READERS)）'
	@echo 'make bench-page    在限速的手机档位上量问答页的字节、首次显示和首个答复'
	@echo 'make load   两百人同时问五分钟，再过载，再看恢复（LOAD="--soak 30" 另跑三十分钟看内存）'
	@echo 'make bundle 打成一个不联网就能装的包（BUNDLE=--with-torch 连 torch 一起）'
	@echo 'make audit  查所装的依赖有没有已知漏洞（要能访问公开漏洞库）'
	@echo 'make chaos  杀进程、写满磁盘、断开数据库，看有没有丢东西、答错、多久恢复'
	@echo 'make clean  删除虚拟环境、样例语料和各种缓存；自建的语料库不动'

run: $(CORPUS)
	$(BIN)/dutydesk serve --corpus sample --port $(PORT)

test: lint
	$(BIN)/pytest

lint: $(VENV)/.tested-with
	$(BIN)/ruff check
	$(BIN)/mypy

bench: bench-quality bench-speed bench-reading bench-page

bench-quality: $(BENCH)/.made
	PYTHONPATH=.:tests $(BENCH)/bin/python -m bench.quality

bench-speed: $(VENV)/.tested-with
	PYTHONPATH=.:tests $(BIN)/python -m bench.speed --sizes $(SIZES)

bench-page: $(VENV)/.tested-with
	PYTHONPATH=.:tests $(BIN)/python -m bench.page

bench-reading: $(VENV)/.tested-with $(READERS)/.made
	PYTHONPATH=.:tests $(BIN)/python -m bench.reading --rivals $(READERS)/bin/python

chaos: $(VENV)/.tested-with
	PYTHONPATH=.:tests $(BIN)/python -m bench.chaos

# The others read in an environment of their own; one that does not install is reported so.
$(READERS)/.made:
	$(PYTHON) -m venv $(READERS)
	$(READERS)/bin/pip install --quiet pandas openpyxl lxml 'markitdown[xlsx,docx]'
	-$(READERS)/bin/pip install --quiet --no-index --no-deps $(TORCH) 2>/dev/null \
	  || $(READERS)/bin/pip install --quiet --retries 0 --timeout 15 --index-url $(TORCH_INDEX) torch 2>/dev/null
	-$(READERS)/bin/pip install --quiet docling
	touch $@

clean:
	rm -rf $(VENV) $(BENCH) $(READERS) .dutydesk/corpora/sample .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("职责台需要 Python 3.11 或更新版本，可用 make PYTHON=… 指定" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

# torch first and by itself: a wheel on disk, else the CPU index, else whatever the registry has.
# What the wheel on disk needs comes with the next step, which completes every installed package.
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

# The rivals see the project's packages through a path file and bring only their own.
$(BENCH)/.made: tests/bench/rivals.txt $(VENV)/.tested-with
	$(PYTHON) -m venv $(BENCH)
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > $$($(BENCH)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth
	$(BENCH)/bin/pip install --quiet --requirement tests/bench/rivals.txt
	touch $@

$(CORPUS): $(if $(SAMPLE_IS_NEWER),FORCE) | $(VENV)/.installed
	$(BIN)/dutydesk build index/sample --corpus sample

# PEOPLE and so on: make load LOAD="--people 400 --soak 30"
load: $(VENV)/.tested-with
	PYTHONPATH=.:tests $(BIN)/python -m bench.load $(LOAD)

# Needs the registry here, never where it is installed.
bundle: $(CORPUS)
	$(BIN)/python deploy/bundle.py --home $(DUTYDESK_HOME) $(BUNDLE)

# Looks the installed versions up in the public advisories. Strict, for without them the tool would skip
# every package and say that it found nothing.
audit: $(VENV)/.tested-with
	$(PIP) freeze --exclude-editable > $(VENV)/audit.txt
	$(PIP) install --quiet pip-audit
	$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r $(VENV)/audit.txt
