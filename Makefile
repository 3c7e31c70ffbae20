# The commands of this repository; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTHON = $(shell scripts/find-python)
INSTALLED := .venv/.installed
# Without byte code every worker of the local stack would compile the SDKs anew, seconds each time.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

up: install ## start the local stack and show how to call it
	@$(BIN)/python -m local up

down: ## stop exactly what `make up` started
	@test ! -x $(BIN)/python || $(BIN)/python -m local down

invoke: install ## run FUNCTION (RouteFunction) with EVENT (events/route-chat.json) in a container
	@$(BIN)/python -m local invoke $(or $(FUNCTION),RouteFunction) $(or $(EVENT),events/route-chat.json)

status: install ## say what of the local stack runs
	@$(BIN)/python -m local status

# Long tests come first, so that both workers end at about the same time.
test: install ## run the router's tests; those of the whole stack come last
	@$(BIN)/python -m pytest -n 2 --dist worksteal tests/infrastructure tests/workflow tests/integration tests/unit
	@$(BIN)/python -m pytest tests/e2e

test-fast: install ## run the tests of the code and the machine that take less than a minute
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow" tests/unit tests/workflow

test-evaluation: install ## run the tests of llm-router eval
	@$(BIN)/python -m pytest -n 2 --dist worksteal tests/evaluation

fuzz: install ## run the property tests on random examples for MINUTES (8), or again those of SEED
	@scripts/fuzz

soak: install ## run the router's function against a hostile vendor, 20,000 requests
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal --hypothesis-profile=soak tests/integration/test_hostile_vendors.py

mutate: install ## break the core in small ways and list what no test notices (ARGS="--help")
	@$(BIN)/python scripts/mutate.py $(ARGS)

test-containers: install ## run every function with every file in events/ in a container
	@$(BIN)/python -m pytest tests/containers

lint: install ## check style, types and the direction of imports
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports
	@for app in functions/*/app.py; do $(BIN)/mypy $$app || exit 1; done

install: $(INSTALLED) ## create the virtual environment with everything in it

lock: install ## resolve the dependencies anew into requirements.lock and, from it, the layer's requirements
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --no-header --no-annotate pyproject.toml -o requirements.lock
	@printf '%s\n' rich typer | $(BIN)/uv pip compile --quiet --python-platform linux --python-version 3.13 --excludes - --constraints requirements.lock --generate-hashes --no-annotate --custom-compile-command "make lock" pyproject.toml -o layers/dependencies/requirements.txt

benchmark: install ## print the CPU time of routing by the size of a request
	@PYTHONPATH=. $(BIN)/python scripts/benchmark.py

docs-cost: install ## write docs/cost.md and its plot anew from the prices
	@PYTHONPATH=. $(BIN)/python scripts/cost_page.py

$(INSTALLED): requirements.lock pyproject.toml scripts/find-python
	@test -n "$(PYTHON)" || { echo "error: no Python from 3.11 to 3.14 was found; install one (3.13 is what is deployed)."; exit 1; }
	@echo "installing into .venv (the first time this takes a few minutes)"
	@$(PYTHON) -m venv --clear .venv && $(BIN)/python -m pip install --quiet uv==0.13.9
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --requirements requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $(INSTALLED)

.PHONY: help up down invoke status test test-fast test-evaluation test-containers fuzz soak mutate lint install lock benchmark docs-cost
