PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SECONDS := 60
GROWTH := 100,1000

.PHONY: demo test lint bench fuzz clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $(STAMP)

demo: $(STAMP)  ## the whole loop on the bundled samples, into demo/
	@$(BIN)/xls-report demo demo

test: $(STAMP)  ## every test; the reader's tests reach each of its branches
	$(BIN)/python -m pytest -m reader -n auto --dist worksteal --cov
	$(BIN)/python -m pytest -m "not reader" -n auto --dist worksteal

lint: $(STAMP)  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(STAMP)  ## ratios of one run, into benchmarks/results.md; GROWTH=100,1000,10000,100000 for the whole growth table
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/run.py --growth $(GROWTH)

fuzz: $(STAMP)  ## mutated workbooks for SECONDS, on Linux; what breaks the reader is left in tests/regress
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,fuzz]'
	PYTHONPATH=tests $(BIN)/python tests/fuzz/fuzz_read.py -max_total_time=$(SECONDS)

clean:
	rm -rf $(VENV) demo dist build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
