# Two commands for everybody: `make run` opens the demo city, `make test` proves it works.
# Everything else is for people who change Qingshu.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
STATIC := src/qingshu/web/static/index.html
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
DEMO ?= demo-city
TEST_WORKERS ?= 2

.PHONY: run test setup ui lint types contracts check unit docs constraints clean

run: setup ui
	$(BIN)/qingshu demo $(DEMO)

test: setup ui
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory unit

setup: $(INSTALLED)

# Debian ships Python without its venv module; where we may, we add it.
$(INSTALLED): constraints.txt pyproject.toml hatch_build.py
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "Python's venv module is missing; installing python3-venv"; \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } || \
	    { echo "error[no_venv]: run 'apt-get install python3-venv' as root, then try again" >&2; exit 1; }; \
	  $(PYTHON) -m venv $(VENV); }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

ui: $(STATIC)

$(STATIC): $(UI_SOURCES) hatch_build.py | setup
	$(BIN)/python hatch_build.py

check: lint types contracts docs

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports pyproject.toml

docs:
	$(BIN)/python docs/make_reference.py --check

unit:
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup

constraints:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 --extra dev pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) src/qingshu/web/static ui/node_modules demo-city
