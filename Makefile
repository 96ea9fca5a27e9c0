# Every task of the house. `make help` lists them. Each works from a bare checkout: what it needs, it prepares.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# A test or check never reads the data of this checkout.
TEST_ENV := env -u DATABASE_URL -u REDIS_URL -u SECRET_KEY -u DEBUG -u MEDIA_ROOT DJANGO_ENV=test VAR_DIR=$(CURDIR)/var/test

.PHONY: help setup run test check static lint format types imports migrations deploy-check translations services e2e bench load \
	mutants coverage messages requirements secrets clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv, check the system's libraries and fonts, compile the translations
	@scripts/setup

run: ## Serve the portal with demo data (PORT=8000, DEMO_PASSWORD= optional); Ctrl-C ends it
	@scripts/run

test: setup ## The whole suite on SQLite
	@$(TEST_ENV) $(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

coverage: setup ## The suite with coverage figures
	@$(TEST_ENV) $(PYTHON) -m pytest -n auto --dist worksteal --cov --cov-report=term-missing:skip-covered $(ARGS)

check: static test ## Everything a change must pass: the static checks, then the suite

static: setup lint types imports migrations deploy-check translations ## The static checks alone

lint: setup ## Style and form of Python and templates
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check --quiet . || { echo "Not formatted: run 'make format'."; exit 1; }
	@git ls-files -co --exclude-standard 'templates/*.html' '*/templates/*.html' | xargs -r .venv/bin/djade --check --target-version 5.2

format: setup ## Put Python and templates into the form that lint expects
	@$(PYTHON) -m ruff check --fix-only --quiet . || true
	@$(PYTHON) -m ruff format --quiet .
	@git ls-files -co --exclude-standard 'templates/*.html' '*/templates/*.html' | xargs -r .venv/bin/djade --target-version 5.2 || true

types: setup ## Types (mypy)
	@$(TEST_ENV) $(PYTHON) -m mypy

imports: setup ## The direction of imports
	@PYTHONPATH=. .venv/bin/lint-imports --no-logo

migrations: setup ## No model change without its migration
	@$(TEST_ENV) $(PYTHON) manage.py makemigrations --check --dry-run

deploy-check: setup ## Django's deployment check with production settings
	@$(TEST_ENV) DJANGO_ENV=production ALLOWED_HOSTS=iso.example.gov.vn BEHIND_PROXY=on \
		SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(PYTHON) manage.py check --deploy --fail-level WARNING

translations: setup ## Every text has its Vietnamese
	@$(TEST_ENV) PYTHONPATH=. DJANGO_SETTINGS_MODULE=isoportal.settings $(PYTHON) scripts/translations.py

services: setup ## The whole suite on PostgreSQL and Redis
	@scripts/services $(ARGS)

e2e: setup ## The portal in a browser
	@scripts/e2e $(ARGS)

mutants: setup ## Change the scoring engine in every place, and see whether its tests notice (ARGS=--module=tally.py)
	@$(PYTHON) scripts/mutants $(ARGS)

bench: setup ## Measure against the plain way, side by side
	@$(TEST_ENV) $(PYTHON) -m bench $(ARGS)

load: setup ## 300 people on the last afternoon of self-scoring, on SQLite and on PostgreSQL (five minutes)
	@$(TEST_ENV) $(PYTHON) -m pytest -m load -n 0 -q tests/load $(ARGS)
	@scripts/services -m load -n 0 -q tests/load $(ARGS)

messages: setup ## Collect the texts into locale/*.po (needs gettext)
	@$(TEST_ENV) PYTHONPATH=. DJANGO_SETTINGS_MODULE=isoportal.settings $(PYTHON) scripts/translations.py --write

requirements: ## Pin pyproject.toml's dependencies into requirements/
	@scripts/requirements

secrets: ## Make the files that docker-compose.yml reads its secrets from
	@scripts/secrets

clean: ## Remove caches and compiled files; keeps .venv and var
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find . -path ./.venv -prune -o -path ./var -prune -o \( -name __pycache__ -o -name '*.mo' \) -print0 | xargs -0 -r rm -rf
