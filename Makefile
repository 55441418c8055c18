# Needs Python 3.11 or newer with venv and pip. The same in plain commands stands in the README.
PYTHON ?= python3
EXTRAS ?= cpu,dev
VENV := .venv
BIN := $(VENV)/bin

.PHONY: bench test evidence example-report screens benchmarks gpu format clean

bench: $(VENV)/installed
	$(BIN)/planner bench --exit-zero

test: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadfile

# What is measured for results.db, in this order, each with its own options. All but the first are prepared, which
# takes torch and transformers (`pip install '.[torch]'`), or copies of folders prepared elsewhere; what cannot be
# prepared is named and left out. Some three quarters of an hour on two quiet cores.
EVIDENCE := efficientnet-lite0-fashion-mnist text-encoder control-resnet control-ds-cnn resnet50 bert-base vit-l-16
OPTIONS_text-encoder := --batch 1,8 --budget 90s
OPTIONS_resnet50 := --batch 1,32 --budget 12m
OPTIONS_bert-base := --batch 1 --budget 60s
OPTIONS_vit-l-16 := --batch 1 --budget 120s

# How requests arrive, on one runtime: every rate that is looked for takes two minutes.
ARRIVALS := --variants fp32,int8-static:per-channel --runtimes onnxruntime --batch 1,8 \
	--scenario single-stream,offline,server --slo p99=20ms

evidence: $(VENV)/installed
	rm -f results.db
	-$(BIN)/planner --db results.db selftest --quick
	$(BIN)/planner --db results.db roofline
	@for name in $(EVIDENCE); do $(MAKE) --no-print-directory evidence-of-$$name || exit; done
	$(BIN)/planner --db results.db bench --exit-zero --variants fp32,int8-dynamic --runtimes onnxruntime --batch 1
	$(BIN)/planner --db results.db bench --exit-zero $(ARRIVALS)
	$(BIN)/planner --db results.db plan --quiet
	@test $$(wc -c < results.db) -le 5242880 || { echo "results.db is above 5 MB: use smaller budgets" >&2; exit 1; }

# One example of each form, of the newest plan in results.db. It bears the plan's own moment, so that the same plan gives
# the same files again.
example-report: $(VENV)/installed
	rm -rf examples/report
	mkdir -p examples
	$(BIN)/planner --db results.db report --format pdf,xlsx,html,md,json,csv --made-at plan --out examples/report

# Pictures of the app, of a copy of results.db, into examples/screens.
screens: $(VENV)/installed
	$(BIN)/python -m benchmarks.screens

evidence-of-%: $(VENV)/installed
	@if $(BIN)/planner workloads prepare $*; \
	then $(BIN)/planner --db results.db bench --exit-zero --workload $* $(OPTIONS_$*); \
	else echo "evidence: $* is skipped, as it cannot be prepared here" >&2; fi

# Comparisons with other tools: some 40 minutes on two quiet cores, after the peers' environments are there. A peer
# that cannot be installed is named in the table, and the others are compared all the same.
PEERS := peers neural-compressor torch

benchmarks: $(VENV)/installed $(PEERS:%=benchmarks/.venv-%/installed)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks table

benchmarks/.venv-%/installed: benchmarks/requirements-%.txt
	$(PYTHON) -m venv $(@D)
	-$(@D)/bin/pip install --quiet --requirement $< && touch $@
	@if [ "$*" = peers ]; then $(@D)/bin/python benchmarks/peer_scripts/build_loadgen_null.py || \
	    echo "benchmarks: LoadGen's C++ side is left out, as it cannot be built here" >&2; fi

# On a machine with an NVIDIA GPU, with whatever Python has PyTorch there: nothing is installed for it. Some seven
# minutes; gpu-check/gpu-check.json grows row by row, and becomes a results database where SQLAlchemy is there.
gpu:
	$(PYTHON) -m harness.gpu_check --out gpu-check
	@if $(PYTHON) -c "import sqlalchemy, msgspec, alembic" 2>/dev/null; \
	then $(PYTHON) -m planner --db gpu-check/results.db import gpu-check/gpu-check.json; \
	else echo "gpu: no results database, as SQLAlchemy, alembic and msgspec are not here" >&2; fi

format: $(VENV)/installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[$(EXTRAS)]'
	touch $@

clean:
	rm -rf $(VENV) benchmarks/.venv-*
