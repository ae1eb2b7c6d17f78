# Everything a person does with this project. `make` alone lists it.

# Python reads the path of this checkout in the locale's encoding, also in UTF-8 mode.
export LC_ALL := C.UTF-8

PYTHON ?= python3
# The machine's Python, with no variable and no package of its user.
OWN_PYTHON := $(PYTHON) -I -X utf8
BIN := .venv/bin
VENV_PYTHON := $(BIN)/python -E -X utf8
RUN := $(VENV_PYTHON) -m
UV_VERSION := 0.13.9
WORKERS ?= 2
# The demo shows every kind of document but supplier bills, unless the environment names a connector.yaml; EXAMPLE= takes include/connector.yaml.
EXAMPLE ?= $(if $(CONNECTOR_CONFIG),,every_kind)
# The company of the sandbox that an example is for, where it is not the usual one.
SCALE_OF_single_entity_us := single_entity
SCALE_OF_uk_vat := brands

.DEFAULT_GOAL := help
.PHONY: help venv installed demo test up stop run why whatif tax payments vendors api-use verify-ledger record sandbox bench chaos lint lock audit env pin clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: ## make or refresh .venv from the lock file (what needs it does so by itself; what asks a running stack does not)
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not installed: install Python 3.11 or newer, or name one with PYTHON=" >&2; exit 1; }
	@$(OWN_PYTHON) include/local/bootstrap.py

installed: # what asks a running stack makes nothing that a stack needs; bootstrap.py writes the stamp when all of it is there
	@test -f .venv/installed || { echo "error: nothing is set up here, so no stack can run: 'make demo' or 'make up' sets it up and starts one" >&2; exit 1; }

demo: venv ## the main job on this machine against the sandbox; CHECK=1 ends after the table, with its verdict; EXAMPLE= one of include/examples
	@$(if $(EXAMPLE),CONNECTOR_CONFIG="$(CURDIR)/include/examples/$(EXAMPLE).yaml") $(if $(SCALE_OF_$(EXAMPLE)),SANDBOX_SCALE=$(SCALE_OF_$(EXAMPLE))) $(RUN) include.local demo $(if $(CHECK),--check)

test: venv ## all tests; TESTS=tests/rules runs some, WORKERS=0 one after the other; RECORDING=folder replays one
	@$(RUN) pytest -n $(WORKERS) --dist loadfile $(TESTS)

up: venv ## the same stack with your own connections from the environment
	@$(RUN) include.local up

stop: installed ## end a stack that runs in another terminal
	@$(RUN) include.local stop

run: installed ## a command in the environment of the running stack: make run COMMAND="airflow dags list"
	@$(RUN) include.local run $(COMMAND)

why: installed ## one report's whole timeline, from the running stack: make why REPORT=104233
	@$(RUN) include.local run python -m certify_intacct.commands.why $(REPORT)

whatif: installed ## what another connector.yaml would do to past dates, from the running stack: make whatif CONFIG=other.yaml FROM= TO= (CSV=1)
	@$(RUN) include.local run python -m certify_intacct.commands.whatif $(CONFIG) $(FROM) $(TO) $(if $(CSV),--csv) || test $$? -eq 1

tax: installed ## reclaimable tax by detail and month, as CSV, from the running stack: make tax MONTHS=2026-10..2026-12 (or one; the last without)
	@$(RUN) include.local run python -m certify_intacct.commands.tax $(MONTHS)

payments: installed ## what Intacct paid and Certify does not show as reimbursed, and the reverse, as CSV, from the running stack
	@$(RUN) include.local run python -m certify_intacct.commands.payments

vendors: installed ## employees without a vendor in Intacct, as CSV for accounts payable (people.vendors: list), from the running stack
	@$(RUN) include.local run python -m certify_intacct.commands.vendors

api-use: installed ## billed calls by month, counted and by Intacct's own meter, as CSV, from the running stack; BY=function: by function
	@$(RUN) include.local run python -m certify_intacct.commands.api_use $(BY)

verify-ledger: installed ## whether the ledger of the running stack is what was written into it; SEAL= one that was mailed
	@$(RUN) include.local run python -m certify_intacct.commands.verify_ledger $(if $(SEAL),--seal $(SEAL))

record: venv ## what your own Intacct and Certify answer, read only and redacted, and how the sandbox differs; FOLDER= COMPARE=1 WRITES=1 ONLY=
	@$(RUN) include.local record $(if $(FOLDER),--folder "$(FOLDER)") $(if $(COMPARE),--compare) $(if $(WRITES),--writes) $(if $(ONLY),--only $(ONLY))

sandbox: venv ## only the local Sage Intacct and Certify
	@$(RUN) include.local sandbox

bench: venv ## extraction beside a bare loop; DAY=1000 (LATENCY=) GROWTH=1: a day, several; BACKFILL=1: how one grows; MACHINES=55: two workers
	@$(RUN) include.bench $(if $(DAY),--day $(DAY)) $(if $(GROWTH),--growth) $(if $(LATENCY),--latency $(LATENCY)) \
		$(if $(PROFILE),--profile $(PROFILE)) $(if $(BACKFILL),--backfill) $(if $(filter 0,$(RECEIPTS)),--without-receipts) \
		$(if $(MACHINES),--machines $(MACHINES))

SEED ?= 1
FAULTS ?= 2000
KILLS ?= 200
MINUTES ?= 60
chaos: venv ## storms of faults and kills over the connector, judged from outside; SEED= SEEDS= FAULTS= KILLS= MINUTES= ROUND= SENDERS= STACK=1
	@$(RUN) include.chaos --seed $(SEED) --faults $(FAULTS) --kills $(KILLS) --minutes $(MINUTES) $(if $(ROUND),--round $(ROUND)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(SENDERS),--senders $(SENDERS)) $(if $(STACK),--stack)

lint: venv ## ruff, mypy, import-linter, compose schema
	@$(RUN) ruff check .
	@$(RUN) ruff check --preview --select AIR dags plugins
	@$(RUN) ruff format --check .
	@$(RUN) mypy -p certify_intacct -p include
	@$(VENV_PYTHON) $(BIN)/lint-imports
	@$(RUN) check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yaml

lock: venv ## resolve requirements*.in again into requirements*.txt
	@test -x .venv/uv/bin/uv || { $(PYTHON) -m venv .venv/uv && .venv/uv/bin/pip install -q uv==$(UV_VERSION); }
	@.venv/uv/bin/uv pip compile -q --python $(BIN)/python --universal --python-version 3.11 --generate-hashes \
		requirements.in -o requirements.txt
	@.venv/uv/bin/uv pip compile -q --python $(BIN)/python --universal --python-version 3.11 --generate-hashes \
		-c requirements.txt requirements-kubernetes.in -o requirements-kubernetes.txt
	@.venv/uv/bin/uv pip compile -q --python $(BIN)/python --universal --python-version 3.11 --generate-hashes \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt

audit: venv ## dependencies, licences and what is known against them, into docs/dependencies.md (asks PyPI)
	@$(RUN) include.local.audit

env: ## write .env for docker-compose.yaml, with generated secrets
	@$(OWN_PYTHON) include/local/env_file.py

pin: ## bind the images of Dockerfile and docker-compose.yaml to what their names mean now (asks their registry)
	@$(OWN_PYTHON) include/local/pin.py

clean: ## delete .venv, the demo's data and caches; the data of `make up` stays
	@if [ -x $(BIN)/python ]; then $(RUN) include.local stop; fi
	@$(OWN_PYTHON) include/local/cleaning.py
