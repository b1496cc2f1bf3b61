# make run · make test · make help
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
QUICK := -n 2 --dist loadfile -m "not browser and not processes and not soak"
export HOST PORT
# The newest Python that is new enough; a version given on the command line wins. pyenv hides all of
# them while it lacks the version of .python-version: then the ones behind its back are asked.
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3 python \
	"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python3 /usr/local/bin/python3 /usr/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 && echo $$python && break; done)

run: $(VENV)/.runtime .env ## Install, migrate, load the guide and serve it on http://HOST:PORT
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_guide
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/gunicorn --config roleguide/gunicorn.conf.py

test: $(VENV)/.development .env ## Every quick test on SQLite, what depends on the database on PostgreSQL too
	@$(BIN)/pytest $(QUICK)
	@$(BIN)/python -m tests.helpers.postgresql $(BIN)/pytest $(QUICK) -m "dialect and not processes and not soak" \
		$$(grep -lr --include="*.py" "mark.dialect" tests)

more-tests: $(VENV)/.development .env ## In Chromium, and with servers and other processes
	@# Apart: Playwright's event loop would stand in the way of the other tests' database.
	@$(BIN)/pytest -n 2 --dist loadfile tests/browser
	@# Mostly waiting, so more of them than CPUs; a file's servers serve all of its tests.
	@$(BIN)/pytest -n 3 --dist loadfile -m "processes and not soak" $$(grep -lr --include="*.py" "mark.processes" tests)

soak: $(VENV)/.development .env ## What takes minutes: load, memory, the longest drills
	@$(BIN)/pytest -m soak -s $$(grep -lr --include="*.py" "mark.soak" tests)

check: lint test more-tests ## What CI runs

lint: $(VENV)/.development .env ## Style of Python and templates, settings, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --target-version 6.0 --check $$(git ls-files 'templates/**.html')
	@! LC_ALL=C.UTF-8 grep -rnE '.{121}' templates
	@$(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	@SITE_URL=https://guia.example $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/.development ## Rewrite Python and templates in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/djade --target-version 6.0 $$(git ls-files 'templates/**.html')

audit: $(VENV)/.development .env ## Judge a running site: CHECKS="crawl html weight axe lighthouse" (node, java)
	@$(BIN)/python -m tests.helpers.audit $(CHECKS)

bench: $(VENV)/.development .env ## Measure what the guide costs here; writes benchmarks/results.md
	@$(BIN)/python -m benchmarks

admin: $(VENV)/.runtime .env ## Create the first editor account
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser

lock: $(VENV)/.development ## Lock the newest versions that pyproject.toml allows
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes \
		--custom-compile-command "make lock" pyproject.toml --group dev \
		--constraint requirements.txt --output-file requirements-dev.txt

sbom: $(VENV)/.development ## What the guide is made of, for programs (CycloneDX JSON; asks the index for its tool)
	@$(BIN)/uv tool run --from cyclonedx-bom cyclonedx-py requirements --pyproject pyproject.toml requirements.txt

licences: $(VENV)/.development ## The licence of each installed package, as a table (asks the index for its tool)
	@$(BIN)/uv tool run pip-licenses --python=$(BIN)/python --format=markdown

holes: $(VENV)/.development ## Known holes in the locked packages (asks their index; not part of check)
	@$(BIN)/uv tool run pip-audit --require-hashes --disable-pip --requirement requirements.txt

clean: ## Remove what make created, but never the database or .env
	@rm -rf $(VENV) staticfiles .pytest_cache .ruff_cache .hypothesis

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.12 or newer is needed; none was found on the PATH." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.runtime

.env:
	@(umask 077; printf 'SECRET_KEY=%s\n' "$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" > $@)

.PHONY: run test more-tests soak check lint format audit bench admin lock sbom licences holes clean help
