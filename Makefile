# Two commands matter: `make demo` and `make test`. All prepare what they need in .venv. `make help` prints what stands behind a target's ##.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
BENCH := .venv-bench
TRAIN := .venv-train
STATE := $(or $(CUADRA_HOME),.cuadra)
# Tests hold deadlines: a process more than there are cores makes them late now and then, and the suite hardly sooner.
PROCESSES ?= 2

# Tests start processes by the hundred: each would compile the whole program anew where its bytecode may not be kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test unit long coverage mutate lint types pyright fix chaos bench bench-accuracy bench-ask train lock audit clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(STAMP) ## everything on this machine, with its page; ONCE=1 ends after the first conversation
	@$(PY) -m infra.local demo $(if $(ONCE),--once)

test: $(STAMP) ## the whole suite, in PROCESSES=2; ARGS="tests/unit/test_router.py" a part of it
	@$(PY) -m pytest $(if $(ARGS),$(ARGS),-n $(PROCESSES) --no-loadscope-reorder)

unit: $(STAMP) ## what needs neither I/O nor seconds
	@$(PY) -m pytest tests/unit -n 2 --no-loadscope-reorder $(ARGS)

long: $(STAMP) ## the tests that draw at random or kill at every step, with all their draws
	@CUADRA_LONG=1 $(PY) -m pytest -m long -n $(PROCESSES) --no-loadscope-reorder $(ARGS)

coverage: $(STAMP) ## which lines and branches the unit and contract tests reach
	@$(PY) -m coverage run --branch --source functions,infra -m pytest tests/unit tests/contract -q $(ARGS) && $(PY) -m coverage report --skip-covered

mutate: $(STAMP) ## how many changed comparisons the tests notice; ARGS="--seed N --each N"
	@$(PY) -m bench.mutate $(ARGS)

lint: $(STAMP) ## ruff: rules and format; counts the checks that are suppressed
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@echo "$$(grep -rhoE --include='*.py' --exclude=test_house.py '# (noqa|type: ignore|pyright: ignore)' main.py functions infra tests bench docs | wc -l) suppressed checks, each with its reason"

types: $(STAMP) ## mypy over everything, tests and bench too
	@$(PY) -m mypy

pyright: $(STAMP) ## a second opinion on types, where Node is
	@npx --yes pyright@1.1.414

fix: $(STAMP) ## what ruff can mend by itself
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

chaos: $(STAMP) ## the whole stack under kills, outages and lies, eight minutes; ARGS="--long", "--seed N"
	@$(PY) -m bench.chaos $(ARGS)

bench: $(BENCH)/.installed ## speed and cost, each figure beside its reference; writes docs/performance.md
	@$(BENCH)/bin/python -m bench --write $(ARGS)

bench-accuracy: $(BENCH)/.installed ## how well papers are read; writes docs/accuracy.md
	@$(BENCH)/bin/python -m bench.accuracy --write --half seen --half held --splits tune,look,judge $(ARGS)

# What is installed is what is written here, byte for byte, on every machine and in the functions' builds. A newer version is asked for in a
# list that ends in .in; all that is locked already stays as it is, unless `UPGRADE=-U`. A lock is whole, so that nothing else is resolved
# (`--no-deps`): the pip that comes with Python 3.11 looks past it where a package asks for another's extra. `pip check` says that nothing lacks.
lock: $(STAMP) ## the locks of requirements*.in; UPGRADE=-U takes newer versions
	@for list in requirements requirements-dev; do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-package httpx2-jsfetch \
			--custom-compile-command "make lock" $(UPGRADE) $$list.in --output-file $$list.txt || exit 1; \
	done

audit: $(STAMP) ## known vulnerabilities of what ships
	@$(PY) -m infra.ops.audit requirements.txt

bench-ask: $(STAMP) ## how texts are understood
	@$(PY) -m bench.ask $(ARGS)

train: $(TRAIN)/.installed ## new weights for the second reader
	@$(TRAIN)/bin/python -m tests.corpus.tokens.train $(ARGS)

clean: ## the state of the demo, removed (of CUADRA_HOME where that is set)
	@$(PYTHON) -c 'import fcntl, pathlib; lock = pathlib.Path("$(STATE)/lock"); lock.exists() and fcntl.flock(lock.open(), fcntl.LOCK_EX | fcntl.LOCK_NB)' \
		2>/dev/null || { echo "Hay una demo encendida con $(STATE): apágala primero (Ctrl-C)."; exit 1; }
	@test ! -e "$(STATE)" -o -e "$(STATE)/lock" -o "$(STATE)" = .cuadra || { echo "$(STATE) no es la carpeta de una demo: no se borra."; exit 1; }
	rm -rf "$(STATE)"

# uv, where it is there, makes the environment in seconds, and pip otherwise; both hold every package to its hash.
UV ?= $(shell command -v uv 2>/dev/null)

$(STAMP): requirements.txt requirements-dev.txt
	@echo "Preparando el entorno en $(VENV) (la primera vez tarda alrededor de un minuto)…"
	@$(PYTHON) -c 'import sys; sys.exit("Cuadra needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
ifeq ($(UV),)
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps --use-pep517 -r requirements-dev.txt
	@$(PY) -m pip check
else
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(command -v $(PYTHON))" $(VENV)
	@$(UV) pip install --quiet --python $(PY) --require-hashes --no-deps -r requirements-dev.txt
	@$(UV) pip check --quiet --python $(PY)
endif
	@touch $@

$(BENCH)/.installed: requirements.txt requirements-dev.txt bench/requirements.txt
	@echo "Instalando las referencias con las que se compara…"
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps --use-pep517 -r requirements-dev.txt
	@$(BENCH)/bin/python -m pip install --disable-pip-version-check --quiet -r bench/requirements.txt
	@touch $@

$(TRAIN)/.installed: requirements.txt requirements-dev.txt tests/corpus/tokens/requirements.txt
	@echo "Instalando PyTorch, con el que se entrena al segundo lector…"
	@$(PYTHON) -m venv $(TRAIN)
	@$(TRAIN)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps --use-pep517 -r requirements-dev.txt
	@$(TRAIN)/bin/python -m pip install --disable-pip-version-check --quiet -r tests/corpus/tokens/requirements.txt
	@touch $@
