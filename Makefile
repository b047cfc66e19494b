# Two commands do everything from nothing:  make lecture  and  make test

.DEFAULT_GOAL := help
PYTHON ?= python3
LECTURE ?= ru en
PYTEST ?= -n auto
CONSTRAINTS ?= constraints.txt
PIP := bin/python -m pip install -qq --disable-pip-version-check -c $(CONSTRAINTS)

.PHONY: help lecture test lint bench clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  PYTHON=python3.13 chooses another Python, LECTURE=en one language of the lecture, PYTEST='-x -k codec' some of the tests"

lecture:  ## run the lecture in a new virtual environment; leave pages, explorable charts and pictures in out/lecture
	$(PYTHON) -m venv --clear .venv-lecture
	.venv-lecture/$(PIP) -e ".[lecture]"
	.venv-lecture/bin/python notebooks/run.py $(LECTURE:%=notebooks/lecture_%.ipynb) --out out/lecture

test:  ## run the tests in a new virtual environment
	$(PYTHON) -m venv --clear .venv-test
	.venv-test/$(PIP) -e ".[test]"
	.venv-test/bin/python -m pytest $(PYTEST)

lint:  ## check style, types and the direction of imports
	$(PYTHON) -m venv --clear .venv-lint
	.venv-lint/$(PIP) -e ".[lint]"
	.venv-lint/bin/ruff check
	.venv-lint/bin/ruff format --check
	.venv-lint/bin/mypy
	.venv-lint/bin/lint-imports --no-cache

bench:  ## measure the overhead against the plain program and other tools (about half an hour)
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/$(PIP) -e ".[bench]"
	.venv-bench/bin/python benchmarks/overhead.py

clean:  ## remove what these commands made
	rm -rf .venv-lecture .venv-test .venv-lint .venv-bench out
