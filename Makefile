# sixtap: `make demo` and `make test` do all the set-up. Needs git, make, python3 (3.11 to 3.13) with python3-venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))

.PHONY: install develop demo test test-kiosk check bench bench-vision soak pictures shots words clean

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "sixtap needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.13 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Install python3-venv first: sudo apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

develop: $(VENV)/.developed

$(VENV)/.developed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# the product on the digital twin; options: make demo ARGS="--devices 20 --faults all"
demo: install
	@$(BIN)/sixtap demo $(ARGS)

# format, lint, types, import rules, then every test
test: check
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# the kiosk of Debian 13 touched by a real touchscreen's events; as root, with debootstrap. The first time takes minutes
test-kiosk: develop
	SIXTAP_TOUCH=1 $(BIN)/python -m pytest tests/touch -rs $(ARGS)

check: develop
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# figures, printed and stored as JSON in .bench/
bench: develop
	$(BIN)/python -m tests.benchmarks $(ARGS)

# the witness beside other readers; options: make bench-vision ARGS="--frames full --photos DIR --publish"
bench-vision: develop
	$(BIN)/python -m tests.benchmarks.vision $(ARGS)

# long campaigns: random state machine runs, every fault over many seeds
soak: develop
	SIXTAP_SOAK=1 $(BIN)/python -m pytest tests/soak tests/bench/test_bench_machine.py tests/bench/test_crash_storm.py -n $(WORKERS) $(ARGS)

# redraws the pictures of the README and of docs/terminal.md from the real screens
pictures: develop
	$(BIN)/python -m tests.tui.picture
	$(BIN)/python -m tests.unit.hardware.camera_picture

# writes anew how every screen reads, and the operator's in every state: look at the difference before it is kept
shots: develop
	$(BIN)/python -m tests.tui.shots

# brings the catalogues in station/words up to date with the sentences in the code
words: develop
	$(BIN)/python -m tests.unit.station.words.collected

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench
