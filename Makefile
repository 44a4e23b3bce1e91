PYTHON ?= python3

.PHONY: install test lint bench model build

install:  ## install in place with the development tools
	$(PYTHON) -m pip install -e ".[dev]"

test:  ## run all tests
	$(PYTHON) -m pytest

lint:  ## style and types
	ruff check .
	ruff format --check .
	mypy

bench:  ## quality and deletion tests (needs ../shared)
	$(PYTHON) benchmarks/quality.py -o benchmarks/QUALITY.md
	$(PYTHON) benchmarks/evidence.py -o benchmarks/EVIDENCE.md
	$(PYTHON) benchmarks/replies.py -o benchmarks/REPLIES.md

model:  ## rebuild models/default from data/ and the joined public labels (needs ../shared, or your own join)
	temperament train data/corpus/train.jsonl ../shared/labels/real_train.jsonl -o models/default \
		--test ../shared/labels/real_dev.jsonl --test data/corpus/test.jsonl

build:  ## build the wheel
	$(PYTHON) -m pip wheel --no-deps -w dist .
