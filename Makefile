# `make bench` and `make test` do everything on a fresh Debian machine (git, make, python3, root).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_SYSTEM_CERTS := true
# Ansible refuses a locale that is not installed, and a bare machine has none but this one.
export LC_ALL := C.UTF-8
# The same for the shells that people work in, where theirs is not installed, or not UTF-8.
ACTIVATE_LOCALE := [ "$$(locale charmap 2>&1)" = UTF-8 ] || export LC_ALL=C.UTF-8

# promtool checks rules and queries; it comes in the package of a server that is not wanted here.
PROMTOOL := $(VENV)/share/promtool/usr/bin/promtool

# Debian packages the control node itself needs; the lab role installs what only the lab needs.
DEBIAN_PACKAGES := ca-certificates openssh-client python3-venv rsync
# What the tests build wrk with: those of roles/wrk.
WRK_PACKAGES := build-essential dpkg-dev git libluajit-5.1-dev libssl-dev luajit netbase pkg-config unzip
WRK_FILES := $(wildcard roles/wrk/files/build-wrk.sh roles/wrk/files/hooks.diff roles/wrk/files/src/*)
VARIANT ?= quart-uvloop
# The last one takes over what others have locked.
LOCK ?= $(wildcard apps/*/requirements.in) $(filter-out %/dev.in,$(wildcard requirements/*.in)) requirements/dev.in
# Each app's environment, from the same lock as on an app server, for the tests that start apps.
APP_LOCKS := $(wildcard apps/*/requirements.txt)
APP_ENVIRONMENTS := $(APP_LOCKS:apps/%/requirements.txt=$(VENV)/apps/%/.installed)

# A machine just booted may be at its own updates. apt-get waits for dpkg's lock when told to, for that
# of the lists never.
UPDATE_LISTS := python3 -c 'import fcntl; fcntl.lockf(open("/var/lib/apt/lists/lock", "a"), fcntl.LOCK_EX)' 2>/dev/null || true; \
	apt-get update -qq
# Install Debian packages where one is missing; needs root only then, and nothing where there is no apt.
need = ! command -v apt-get >/dev/null || missing=$$(dpkg-query -W -f='$${db:Status-Status} $${Package}\n' $(1) 2>&1 | grep -v '^installed ' || true); \
	if [ -n "$${missing:-}" ]; then $(UPDATE_LISTS) && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=600 --no-install-recommends $(1); fi

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: bench
bench: setup ## Set up, boot the lab, provision it, run one benchmark, say where to look
	ansible-playbook site.yml
	fab bench --variant $(VARIANT) --attempts 3
	@echo 'for all commands (fab, ansible-playbook): . $(VENV)/bin/activate'

.PHONY: setup
setup: $(VENV)/.control ## Install Debian packages and the locked virtual environment

.PHONY: test
test: check wrk-test lab-test ## Everything: the fast checks, the patched wrk's, the end-to-end tests in a lab

.PHONY: check
check: $(VENV)/.dev $(VENV)/.apps ## Lint, types and fast tests (no root, < 90 s)
	@# Beside the tests: ansible-lint keeps one CPU busy for half a minute, and the others idle. One test
	@# more than there are CPUs, as many tests wait.
	$(MAKE) --no-print-directory lint > $(VENV)/lint.log 2>&1 & linters=$$!; tests=0; \
	  pytest -n $$(( $$(nproc) + 1 )) -m 'not lab' || tests=$$?; \
	  wait $$linters || { cat $(VENV)/lint.log; exit 1; }; exit $$tests

.PHONY: lint
lint: $(VENV)/.dev
	ruff check .
	ruff format --check .
	mypy
	yamllint --strict .
	ansible-lint

.PHONY: wrk-test
wrk-test: $(VENV)/.dev $(VENV)/.wrk
	pytest -m lab tests/wrk

.PHONY: dashboards
dashboards: $(VENV)/.control ## Write rules and dashboards anew from the signal catalogue
	python -m benchrig.dashboards

.PHONY: lab-test
lab-test: $(VENV)/.dev
	@command -v chromium >/dev/null || { $(call need,chromium); }
	@$(call need,gpg gpg-agent)
	pytest --durations=12 -m lab tests/lab

.PHONY: parquet
parquet: $(VENV)/.control ## Install what `fab export --format parquet` needs (45 MB)
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes -r requirements/parquet.txt

.PHONY: lock
lock: $(VENV)/.dev ## Resolve requirements anew and write the locks: all, or LOCK=apps/APP/requirements.in
	for source in $(LOCK); do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header "$$source" -o "$${source%.in}.txt"; \
	done

$(UV): requirements/bootstrap.txt
	@$(call need,$(DEBIAN_PACKAGES))
	@python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("benchrig needs Python 3.11 or newer, python3 is " + sys.version.split()[0])'
	python3 -m venv --clear $(VENV)
	echo '$(ACTIVATE_LOCALE)' >> $(BIN)/activate
	$(BIN)/pip install --quiet --require-hashes -r $<

$(VENV)/.control: $(UV) requirements/control.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes -r requirements/control.txt
	echo '$(CURDIR)' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/benchrig.pth"
	@# Ansible forbids bytecode while it runs: uncompiled, each of its workers would parse it anew.
	site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
	  $(BIN)/python -m compileall -q -j 0 $$site/{ansible,jinja2,yaml,fabric,invoke,paramiko,pydantic} >/dev/null
	@touch $@

$(PROMTOOL): | $(UV)
	mkdir -p $(VENV)/share/promtool
	rm -f $(VENV)/share/promtool/prometheus_*.deb
	cd $(VENV)/share/promtool && { apt-get download -qq prometheus || { $(UPDATE_LISTS) && apt-get download -qq prometheus; }; } \
	  && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb

$(VENV)/.dev: $(VENV)/.control $(PROMTOOL) requirements/dev.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

# Stock and patched wrk, built as the role builds them, from one source.
$(VENV)/.wrk: $(WRK_FILES) | $(VENV)/.dev
	@$(call need,$(WRK_PACKAGES))
	roles/wrk/files/build-wrk.sh debian $(VENV)/wrk/stock - > $(VENV)/wrk.log 2>&1 || { cat $(VENV)/wrk.log; exit 1; }
	roles/wrk/files/build-wrk.sh $(VENV)/wrk/stock/source $(VENV)/wrk/patched - roles/wrk/files >> $(VENV)/wrk.log 2>&1 || { cat $(VENV)/wrk.log; exit 1; }
	@touch $@

$(VENV)/.apps: $(APP_ENVIRONMENTS)
	@touch $@

$(VENV)/apps/%/.installed: apps/%/requirements.txt $(UV)
	$(UV) venv --quiet --clear --python /usr/bin/python3 $(@D)
	$(UV) pip sync --quiet --require-hashes --python $(@D)/bin/python $<
	@touch $@
