# Needs Python 3.11 or newer with venv and pip. The same in plain commands stands in the README.
PYTHON ?= python3
EXTRAS ?= cpu,dev
VENV := .venv
BIN := $(VENV)/bin

.PHONY: bench test evidence format clean

bench: $(VENV)/installed
	$(BIN)/planner bench --exit-zero

test: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

evidence: $(VENV)/installed
	rm -f results.db
	$(BIN)/planner --db results.db bench --exit-zero
	$(BIN)/planner --db results.db bench --exit-zero --variants fp32,int8-dynamic --runtimes onnxruntime --batch 1

format: $(VENV)/installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[$(EXTRAS)]'
	touch $@

clean:
	rm -rf $(VENV)
