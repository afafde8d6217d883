# haikei: everything a newcomer types. Each command sets up what it needs, and does nothing the second time.
PYTHON ?= python3
TRACKER ?= shotgrid
MARKED ?= not gpu and not slow
BIN := .venv/bin

.PHONY: help demo test test-slow test-gpu check format set-up set-up-dev clean distclean

help: ## What can be typed here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-11s %s\n", $$1, $$2 }'

demo: set-up ## One approval, from layout to artist's revision, in a pretend studio (TRACKER=shotgrid or ftrack)
	$(BIN)/haikei demo --tracker $(TRACKER)

test: check ## Check the house, then run every test but the slow ones and those for a GPU
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "$(MARKED)" -n auto --dist loadfile

test-slow: set-up-dev ## Kill tests, browser, Postgres, wheel, outside verifiers
	$(BIN)/python -m pytest -m "slow and not gpu" --timeout=600

test-gpu: set-up-dev ## Tests that need an NVIDIA GPU
	$(BIN)/python -m pytest -m gpu --timeout=600

check: set-up-dev ## Style, types and import contracts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

format: set-up-dev ## Put the code into the house's form
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

set-up:
	@$(PYTHON) deploy/set_up.py

set-up-dev:
	@$(PYTHON) deploy/set_up.py --dev

clean: ## Remove what tools and the demo left behind; the virtual environment stays
	rm -rf .haikei haikei-demo haikei-demo-ftrack dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## Remove the virtual environment too
	rm -rf .venv
