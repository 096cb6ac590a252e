# Everything a developer runs, by name. The environment is made by the README's second command.
BIN := .venv/bin

PINS := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade --no-emit-index-url

.PHONY: pins audit check test drills lint step schema snapshots pictures docs bench

check: ## what CI runs
	bash .ci/run

test:
	$(BIN)/python -m pytest

drills: ## some of each run with the tests; here all of them, at the numbers that docs/promises.md names
	PLANNER_DRILLS=1 $(BIN)/python -m pytest tests/drills tests/domain tests/store tests/services tests/tui

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

step: ## the next migration step, from what the tables have gained since store/schema.sql
	$(BIN)/python -m planner.store.steps.draft

schema: ## store/schema.sql out of store/tables
	$(BIN)/python -m planner.store.schema

snapshots: ## take the pictures of the tests anew
	PLANNER_DRILLS=1 $(BIN)/python -m pytest tests/tui/test_pictures.py --snapshot-update

pictures: ## the README's pictures, and every screen in every state, size and theme in build/pictures
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/pictures.py build/pictures

docs: ## every command with what it prints, and the manual page
	$(BIN)/python docs/manual.py

pins: ## constraints.txt and tests/constraints.txt anew, with hashes: what pyproject.toml asks for, as new as it allows
	printf 'hatchling\n' | uvx uv pip compile - pyproject.toml --extra keyring --extra phone $(PINS) -o constraints.txt
	uvx uv pip compile pyproject.toml --extra dev --extra keyring $(PINS) -o tests/constraints.txt

audit: ## whether a version we pin is known to be unsafe
	uvx pip-audit --disable-pip --require-hashes -r constraints.txt

bench:
	$(BIN)/python -m bench.run
