# horehab from a fresh Debian with Python 3.11+, git and make. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 5000
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
CACHE := .cache

# Branch coverage in per cent below which `make test` fails: of the quiet core, and of the whole house.
COVER_CORE := 99.5
COVER_ALL := 95
CORE := horehab/domain/*,horehab/detection/*,horehab/usecases/*

# How often `make soak` kills, and how many sequences of events it tries (a hundred times as many mutants).
KILLS ?= 1000
SOAK ?= 10000
# Reminders that go through killed schedulers, on each database.
REMINDERS ?= 8000
# Processes that share the tests.
WORKERS ?= 2

.PHONY: help demo test lint tools bench-detection bench-sync bench-validation bench-caseload bench-pages bench-reminders week-of-reminders fit-score soak profiles translations screenshots clean

help: ## Say what there is
	@echo "horehab: joints that worsen after intensive care, suspected early, over FHIR."
	@echo
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 24
	@echo
	@echo "  PORT=5001    another port for the pages of the demo"
	@echo "  SERVE=0      the demo ends by itself (for scripts)"
	@echo "  PYTHON=...   another Python, 3.11 or newer"
	@echo "  BENCH=...    options of make bench-detection (BENCH=--quick, BENCH=--help)"
	@echo "  FIT=...      options of make fit-score (FIT=--help, FIT=--date=2026-11-21)"
	@echo "  KILLS=, SOAK=  how long make soak takes (KILLS=100 SOAK=200 is a quarter of an hour)"
	@echo "  TESTS=...    make test for some tests only, without the coverage floor (TESTS=tests/cli)"

demo: $(VENV)/.runs ## Play the six published patients and a ward, then leave the pages on http://127.0.0.1:5000
	@$(BIN)/horehab demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: tools lint ## Lint, types, arrows, then the whole test suite; installs what it needs
	@mkdir -p $(CACHE) && rm -f .coverage .coverage.*
ifdef TESTS
	@$(BIN)/python -m pytest $(TESTS)
else
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --cov --cov-report=term:skip-covered --durations=15 2>&1 | tee $(CACHE)/pytest.log
	@$(BIN)/coverage report --include='$(CORE)' --precision=1 --fail-under=$(COVER_CORE) --skip-covered --show-missing
	@$(BIN)/coverage report --fail-under=$(COVER_ALL) --format=total > /dev/null \
	  || { echo "The tests cover less than $(COVER_ALL) per cent of the branches of the house." >&2; exit 1; }
	@tail -n 1 $(CACHE)/pytest.log
endif

lint: $(VENV)/.tests ## Style, types and arrows only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench-detection: $(VENV)/.bench ## Judge the detection beside textbook rules on simulated wards (a quarter of an hour)
	@$(BIN)/python -m benchmarks.detection $(BENCH)

bench-sync: $(VENV)/.bench ## Read a chart of 20,000 entries beside fhir.resources, fhirclient, fhirpy and plain JSON (ten minutes)
	@$(BIN)/python -m benchmarks.sync $(BENCH)

bench-validation: tools ## Ask horehab and a validating HAPI of what breaks a rule, and time them beside fhir.resources (ten minutes)
	@$(BIN)/python -m benchmarks.validation --write-docs

bench-caseload: tools ## Ask for the caseload of 10,000 and of 100,000 patients, on SQLite and PostgreSQL (ten minutes)
	@$(BIN)/python -m benchmarks.caseload $(BENCH)

bench-pages: tools ## Time every page of the demo's ward, charts included (five minutes)
	@$(BIN)/python -m benchmarks.pages $(BENCH)

bench-reminders: $(VENV)/.bench ## Claim and dispatch reminders beside APScheduler with its own job store (five minutes)
	@$(BIN)/python -m benchmarks.reminders $(BENCH)

week-of-reminders: $(VENV)/.bench ## A week of reminders of a ward of 200, by patient and by therapist, as a table (two minutes)
	@$(BIN)/python -m benchmarks.reminder_week $(BENCH)

fit-score: $(VENV)/.bench ## Fit the score of the engine anew on simulated patients (ten minutes)
	@$(BIN)/python -c 'import lightgbm' 2> /dev/null || .ci/debian libgomp1
	@$(BIN)/python -m benchmarks.detection.fitting $(FIT)

soak: tools ## Crash, faults, mutants and sequences at length: 1,000 kills, 10,000 sequences (three hours; KILLS=, SOAK=)
	@$(BIN)/python -m tests.soak.crashes --kills $(KILLS)
	@$(BIN)/python -m tests.soak.crashes --kills $$(( $(KILLS) / 5 + 1 )) --postgresql --seed 2
	@$(BIN)/python -m tests.soak.crashes --kills $$(( $(KILLS) / 5 + 1 )) --scope 'Patient?active=true' --seed 3
	@$(BIN)/python -m tests.soak.ablate
	@$(BIN)/python -m tests.soak.reminders --schedulers 3 --postgresql --reminders $(REMINDERS)
	@$(BIN)/python -m tests.soak.reminders --schedulers 2 --sqlite --reminders $(REMINDERS) --seed 2
	@$(BIN)/python -m tests.soak.reminders_ablate
	@$(BIN)/python -m tests.soak.dst
	@$(BIN)/python -m tests.soak.mutants --count $$(( $(SOAK) * 100 ))
	@SOAK_EXAMPLES=$(SOAK) $(BIN)/python -m pytest --numprocesses=$(WORKERS) --durations=5 \
	  tests/soak/test_any_sequence.py tests/soak/test_any_order_of_a_chart.py

profiles: $(VENV)/.tests ## Compile fhir_profiles/input into fhir_profiles/package anew (half a minute)
	@$(BIN)/python -m tests.profiles.packaging

translations: $(VENV)/.tests ## Collect what the pages say, keep what is translated, compile (two seconds)
	@$(BIN)/python -m tests.web.catalogues

screenshots: tools ## Take the pictures of the pages in docs/ anew
	@$(BIN)/python -m tests.e2e.screenshots

clean: ## Remove what was installed and made here; data in var/ go too
	@rm -rf $(VENV) $(CACHE) var build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps keep a second run quick: only new requirements install again.
$(BIN)/python:
	@PYTHON='$(PYTHON)' .ci/venv $(VENV)

$(VENV)/.runs: $(BIN)/python setup.cfg pyproject.toml horehab/_version.py
	@echo "Installing horehab into $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.tests: $(BIN)/python setup.cfg pyproject.toml horehab/_version.py
	@echo "Installing horehab and what its tests need into $(VENV) ..."
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.runs

$(VENV)/.bench: $(BIN)/python setup.cfg pyproject.toml horehab/_version.py
	@echo "Installing horehab and what its benchmark needs into $(VENV) ..."
	@$(PIP) install --editable '.[bench]'
	@touch $@ $(VENV)/.runs

tools: $(VENV)/.tests
	@.ci/debian
