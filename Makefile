# Everything a person or a build does with Parley. Each target makes its own environment first.
.PHONY: run test lint bench screenshots docs lock clean

PY := .venv/bin/python

run: ## serve the site, the API and the worker on http://127.0.0.1:8000 (PARLEY_BIND changes it)
	@sh tools/environment.sh run
	@exec .venv/bin/parley serve

test: ## the whole suite: linters, then SQLite, PostgreSQL and a real browser
	@sh tools/environment.sh test
	@exec $(PY) -m tests.run

lint: ## ruff, mypy --strict and the import contracts
	@sh tools/environment.sh test
	@exec $(PY) -m tests.run --lint

bench: ## the benchmarks, printed as ratios
	@sh tools/environment.sh test
	@exec $(PY) -m bench

screenshots: ## every page × 390/1280 px × light/dark, into var/screenshots, and the picture of the README
	@sh tools/environment.sh test
	@exec $(PY) -m tests.screenshots

docs: ## record the examples of the API and write docs/reference, both from the code
	@sh tools/environment.sh test
	@$(PY) -m tests.api.record
	@exec $(PY) -m tools.reference

lock: ## write the lock files anew from pyproject.toml
	@sh tools/lock.sh

clean: ## remove the environment and the caches; var/ (the forum's own data) stays
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache parley.egg-info build dist
