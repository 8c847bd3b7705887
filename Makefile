# Run `make` for a list of what there is.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# The first of these that is Python 3.11 or newer; override with `make PYTHON=…`.
PYTHONS := python3 python3.11 python3.12 python3.13
PYTHON ?= $(firstword $(foreach python,$(PYTHONS),$(shell \
	$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(python))))

# As root, tests run in a network namespace that has nothing but a loopback interface: whatever an SDK may do there, it
# cannot reach a real IMDS. The kernel is asked for that once.
MAY_CLOSE := $(shell test "$$(id -u)" = 0 && unshare --net ip link set lo up >/dev/null 2>&1 && echo yes)
CLOSED = $(if $(MAY_CLOSE),unshare --net sh -c 'ip link set lo up && exec "$$0" "$$@"')
# Tests wait much more than they compute.
WORKERS ?= 4
PYTEST = $(BIN)/python -m pytest -p tests.strict -q --numprocesses=$(WORKERS) --dist=loadgroup

LOCK = $(LOCK_TOOLS)/bin/pip-compile --quiet --no-config --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
LOCK_TOOLS := .cache/lock
DEMO := karpenter-v1-hop-limit

.DEFAULT_GOAL := help
.PHONY: help venv demo test check unit lab network oracle page image shipped docs bench lock clean
.DELETE_ON_ERROR:

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(READY)  ## install what is pinned in requirements/, and the probe itself, into .venv

$(READY): requirements/test.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Installing into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/test.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## see the probe explain a broken pod, on loopback only
	@code=0; $(BIN)/probe lab run $(DEMO) || code=$$?; test $$code = 54 || exit $$code; echo; \
	echo "The pod was broken on purpose: 54 is the probe's exit code for a hop limit that is too low. The demo worked."

test: $(READY)  ## every tier that this machine can run; STRICT=1 fails on what it cannot
	@$(BIN)/python -m tools.tiers

check: $(READY)  ## lint, format, types, generated documentation
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m tools.generate_docs --check

unit: $(READY)  ## rules, parsers, models, tellers, single servers
	@$(BIN)/python -m tools.kubectl
	$(CLOSED) $(PYTEST) -m "not lab and not network and not oracle and not page and not image"

lab: WORKERS = 8
lab: $(READY)  ## the whole probe in loopback worlds
	@$(BIN)/python -m tools.kubectl
	$(CLOSED) $(PYTEST) -m lab

network: $(READY)  ## the kernel's truth, between network namespaces (root on Linux)
	$(CLOSED) $(PYTEST) -m network

oracle: WORKERS = 8
oracle: $(READY)  ## the real SDKs, beside what is predicted of them (root on Linux; Go, Java, Maven, Node.js, Rust)
	@$(BIN)/python -m tools.third_party
	@$(BIN)/python -m tools.oracle build
	$(CLOSED) $(PYTEST) -m oracle

page: $(READY)  ## what a person sees of the sidecar, in Chromium
	$(CLOSED) $(PYTEST) -m page

image: $(READY)  ## build the container image; prints its digest and sizes (root on Debian, buildah, mmdebstrap)
	@$(BIN)/python -m tools.image

shipped: WORKERS = 8
shipped: image  ## the lab again, with the image's own files and user
	$(CLOSED) $(PYTEST) -m image

docs: $(READY)  ## write the generated documentation
	$(BIN)/python -m tools.generate_docs

bench: $(READY)  ## how long a run takes, beside botocore and the AWS CLI (ROUNDS=15)
	@$(BIN)/python -m bench --rounds $(or $(ROUNDS),15)
	@$(BIN)/python -m bench.network
	@$(BIN)/python -m bench.serve

lock: $(LOCK_TOOLS)/bin/pip-compile  ## write requirements/ anew from pyproject.toml (UPGRADE=1: newest versions)
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(if $(UPGRADE),--upgrade) \
		--output-file=requirements/runtime.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(if $(UPGRADE),--upgrade) --extra=lab --extra=test \
		--constraint=requirements/runtime.txt --output-file=requirements/test.txt pyproject.toml

$(LOCK_TOOLS)/bin/pip-compile:
	$(PYTHON) -m venv $(LOCK_TOOLS)
	$(LOCK_TOOLS)/bin/pip install --quiet --disable-pip-version-check pip-tools==7.6.2

clean:  ## remove everything that can be made again
	rm -rf $(VENV) .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find probe tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
