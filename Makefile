# One entry for people and for CI. `make` alone says what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PY     := .venv/bin/python
UV     := .venv/bin/uv
SAM    := .venv/sam/bin/sam

# What is built is for AWS or, with THINGSYNC_BUILD=local, for this machine.
VARIANT := $(if $(filter local,$(THINGSYNC_BUILD)),local,aws)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SAM_CLI_TELEMETRY := 0
# Sets are walked in the same order in every run, so that a random program that fails fails again.
export PYTHONHASHSEED := 0
# Tests start some hundred interpreters: without this each would compile again what it imports.
unexport PYTHONDONTWRITEBYTECODE
# The certificates that the machine trusts, as pip does: a proxy may have its own.
export UV_SYSTEM_CERTS := 1

# ---- What there is to do -------------------------------------------------------------------------------------------

.PHONY: help demo pictures up down test check mutants bench package deploy not-local wheel clean lock tts-start tts-stop
help: ## Say what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: up ## Create the things of examples/things.csv on the local cloud and watch their devices appear
	@set -a; . .local/env; $(PY) -m local.demo

up: .venv/thingsync.stamp ## Start the local cloud, deployed with template.yaml (a real Things Stack: see local/README.md)
	@$(PY) -m local.cloud up

down: ## Stop the local cloud
	@test ! -x $(PY) || $(PY) -m local.cloud down

tts-start: .venv/dev.stamp ## Start the simulator of The Things Stack alone, on the database it left
	@$(PY) -m local.cloud tts-start

pictures: up ## Draw docs/pictures again from a run on the local cloud, best a fresh one
	@set -a; . .local/env; $(PY) -m local.pictures docs/pictures

tts-stop: ## Kill the simulator of The Things Stack (kill -9), leaving its database
	@$(PY) -m local.cloud tts-stop

# What they need is there before: what waits for it would begin last. Three kinds wait much of their time, so five at once
# keep two cores busy; the checks are short and fill the end.
NEEDED := .venv/thingsync.stamp .venv/sam.stamp .venv/checkov.stamp .build/local/stamp .build/aws/stamp
test: $(NEEDED) ## Run every check and test, the end-to-end ones on the local cloud
	@$(MAKE) --no-print-directory --jobs=5 --output-sync=target $(KINDS) $(CHECKS)

# Who has sourced .local/env points every tool at the local cloud; these tests have clouds of their own.
AWAY := env -u AWS_ENDPOINT_URL
# Longest first, so that the ends meet. What is always at work makes way for what waits: that would end last.
GENTLY := nice $(AWAY)
KINDS := $(addprefix test-,e2e local model workflow operate security contract unit)
.PHONY: $(KINDS)
# Who looks at each call takes twice the time, so tests of what lies outside of the domain run unwatched. If the domain
# needs one of them, its coverage is below 100 %.
UNWATCHED := $(addprefix tests/unit/test_,broken_off.py bulk_comparing.py bulk_import.py drift_survey.py things_stack_secrecy.py)
test-unit:
	@mkdir -p .build
	$(GENTLY) .venv/bin/coverage run --branch --source=workflows/domain --data-file=.build/coverage \
	    -m pytest tests/unit $(addprefix --ignore=,$(UNWATCHED))
	.venv/bin/coverage report --data-file=.build/coverage --fail-under=100 --skip-covered
	$(GENTLY) $(PY) -m pytest $(UNWATCHED)

test-contract: WITHOUT := --ignore=tests/contract/local --ignore=tests/contract/operate
test-contract test-model test-security test-workflow: test-%:
	$(GENTLY) $(PY) -m pytest tests/$* $(WITHOUT)

test-operate:
	$(GENTLY) $(PY) -m pytest tests/contract/operate

test-e2e test-local: .build/local/stamp
test-local: .build/aws/stamp .venv/sam.stamp
	$(AWAY) $(PY) -m pytest tests/contract/local

# Without TTS_URL, which may name a real Things Stack, the end-to-end tests use the simulator.
test-e2e:
	env -u TTS_URL $(PY) -m local.cloud run -- $(PY) -m pytest tests/e2e

check: .venv/thingsync.stamp ## Lint, layers, types, security, template
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS)

CHECKS := $(addprefix check-,types policies template sam security layers style)
.PHONY: $(CHECKS)
check-style:
	.venv/bin/ruff check
	.venv/bin/ruff format --check

check-layers:
	.venv/bin/lint-imports --no-logo --no-cache

check-types:
	.venv/bin/mypy

check-security:
	.venv/bin/bandit --quiet --recursive --configfile pyproject.toml workflows functions operate local deploying

check-template:
	.venv/bin/cfn-lint template.yaml

check-sam: .venv/sam.stamp
	$(SAM) validate --lint --region eu-west-1

# It would ask for a newer version of itself.
check-policies: .venv/checkov.stamp
	CKV_SKIP_PACKAGE_UPDATE_CHECK=true .venv/checkov/bin/checkov --config-file .checkov.yaml

mutants: .venv/thingsync.stamp ## Change the code at random and print each change that no unit test notices
	$(PY) -m tests.mutants

bench: .venv/dev.stamp .build/local/stamp ## Measure what a change costs and how that grows: docs/performance.md; ARGS=--json for programs
	@$(PY) -m tests.bench $(ARGS)

DIST := dist
package: .build/$(VARIANT)/stamp ## Build one template and one bundle that deploy without this checkout, in dist/
	@rm -rf .build/$(VARIANT)/bundle
	@$(MAKE) --no-print-directory build-bundle ARTIFACTS_DIR=.build/$(VARIANT)/bundle
	@$(PY) -m deploying.package .build/$(VARIANT)/bundle $(DIST) --variant $(VARIANT)
	@cat $(DIST)/SHA256SUMS

# Asks as long as there is no stack; the answers go into samconfig.toml, the API key never.
deploy: not-local .venv/thingsync.stamp .venv/sam.stamp package ## Deploy to AWS: asks the first time; ARGS="…" for CI (docs/deploying.md)
	@$(PY) -m deploying.deploy $(DIST)/thingsync-*.yaml $(ARGS)

# Who has sourced .local/env would deploy to the local cloud without noticing.
LOCAL_ENDPOINT := ^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?=https?://([^/:]*\.)?(localhost|127\.[0-9.]+|\[::1\])
OF_LOCAL := ^AWS_(ENDPOINT_URL|ACCESS_KEY_ID|SECRET_ACCESS_KEY|DEFAULT_REGION)
not-local:
	@found=$$(env | grep -iE '$(LOCAL_ENDPOINT)' | cut -d= -f1 | sort | xargs); \
	test -z "$$found" || { \
	  echo "$$found points at a cloud on this machine, so nothing was deployed. For AWS open another shell, or run:"; \
	  echo "  unset $$(env | cut -d= -f1 | grep -E '$(OF_LOCAL)' | sort | xargs)"; \
	  exit 1; } >&2

wheel: .venv/thingsync.stamp ## Build the thingsync command for machines without this checkout, in dist/
	@rm -f dist/thingsync-*.whl
	@.venv/bin/hatchling build --target wheel --directory dist

clean: down ## Remove everything that was made here
	rm -rf .venv .build .local .aws-sam dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/uv.stamp ## Lock the libraries in their newest versions (the functions' in the versions that are tested)
	$(call locked,uv)
	$(call locked,dev)
	$(call locked,sam)
	$(call locked,checkov)
	$(call locked,functions,--constraint requirements/dev.txt)

locked = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
  --upgrade $(2) requirements/$(1).in -o requirements/$(1).txt

# ---- The environment: .venv, made from the lock files --------------------------------------------------------------

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Thingsync needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
	       "Name another one: make PYTHON=python3.13" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) -V)"
	$(PYTHON) -m venv .venv
	@touch $@

.venv/uv.stamp: requirements/uv.txt .venv/python.stamp
	$(PY) -m pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

# uv takes seconds where pip takes a minute; where uv cannot reach the index as pip is set up to, pip does it.
install = VIRTUAL_ENV=$(1) $(UV) pip install --quiet --no-deps --require-hashes -r $(2) || \
	$(PY) -m pip --python $(1)/bin/python install --quiet --no-deps --require-hashes -r $(2)

.venv/dev.stamp: requirements/dev.txt .venv/uv.stamp
	@echo "Installing the libraries of requirements/dev.txt"
	@$(call install,$(CURDIR)/.venv,requirements/dev.txt)
	@touch $@

# The command runs from this folder, so that what is edited here is what runs.
.venv/thingsync.stamp: pyproject.toml .venv/dev.stamp
	@$(UV) pip install --quiet --offline --python $(PY) --no-deps --no-build-isolation --editable . || \
	  $(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# What pins other versions than the rest: each in an environment of its own, and only where it is needed.
.venv/%.stamp: requirements/%.txt .venv/uv.stamp
	@echo "Installing the libraries of requirements/$*.txt into .venv/$*"
	@test -x .venv/$*/bin/python || $(PY) -m venv --without-pip .venv/$*
	@$(call install,$(CURDIR)/.venv/$*,requirements/$*.txt)
	@touch $@

# ---- The functions' bundle: SAM calls build-<LogicalId> -----------------------------------------------------------

LIBRARIES := .build/$(VARIANT)/libraries

FOR_aws   := --platform manylinux2014_aarch64 --python-version 3.13 --implementation cp --only-binary=:all:
UVFOR_aws := --python-platform aarch64-manylinux2014 --python-version 3.13 --only-binary :all:

.build/%/stamp: requirements/functions.txt deploying/libraries.py Makefile | .venv/uv.stamp
	@rm -rf .build/$* && mkdir -p .build/$*/libraries
	@$(UV) pip install --quiet --no-deps --require-hashes --python $(PY) $(UVFOR_$*) \
	    --target .build/$*/libraries -r requirements/functions.txt || \
	  $(PY) -m pip install --quiet --no-deps --require-hashes $(FOR_$*) \
	    --target .build/$*/libraries -r requirements/functions.txt
	@$(PY) -m deploying.libraries .build/$*/libraries
	@touch $@

# make would take it for an intermediate file, and remove it
.PRECIOUS: .build/%/stamp

# Lambda compiles what it imports again at each cold start, unless the bundle holds the bytecode of its own Python.
PYTHON_OF_LAMBDA ?= python3.13
COMPILER := $(if $(filter local,$(VARIANT)),$(PY),$(PYTHON_OF_LAMBDA))
FITS     := $(if $(filter local,$(VARIANT)),,import sys; sys.exit(sys.version_info[:2] != (3, 13)))

build-%: .build/$(VARIANT)/stamp
	@mkdir -p $(ARTIFACTS_DIR)
	@cp -R workflows functions $(ARTIFACTS_DIR)/
	@find $(ARTIFACTS_DIR)/workflows $(ARTIFACTS_DIR)/functions -name __pycache__ -type d -prune -exec rm -rf {} +
	@cp -Rl $(LIBRARIES)/. $(ARTIFACTS_DIR)/
	@if $(COMPILER) -c '$(FITS)' 2>/dev/null; then \
	  PYTHONHASHSEED=0 $(COMPILER) -m compileall -q --invalidation-mode unchecked-hash \
	    -s $(ARTIFACTS_DIR) -p /var/task $(ARTIFACTS_DIR); \
	else \
	  echo "$(COMPILER) is no Python 3.13, so the bundle has no bytecode, and functions start three times as slowly." \
	       "Install Python 3.13, or name it: make PYTHON_OF_LAMBDA=/path/to/python3.13" >&2; \
	fi
