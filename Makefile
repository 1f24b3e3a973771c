# What a person does here, one word each.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run demo bench test ci fmt lint deny web check openapi fuzz screenshots soak faults

BIN := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)/debug
RELEASE := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)/release

# The program with its web app inside, on SQLite in ./data.
run: web
	cargo run --locked --bin wakeful -- serve

# The program beside a simulated network, with an account and nodes, until Ctrl-C.
demo: web
	cargo build --locked --bins
	exec node e2e/demo.mjs $(BIN)

# Everything that can fail: Rust on both databases, the web packages, the browser.
test: needs web
	cargo build --locked --bins
	WAKEFUL_BIN=$(abspath $(BIN)) scripts/test.sh

# What a change must pass.
ci: fmt-check node_modules/.package-lock.json
	$(MAKE) needs web
	$(MAKE) lint deny check drift
	$(MAKE) test
	$(MAKE) fuzz-short

# The numbers: each on a line with its baseline. Nothing here fails for being slow.
bench: needs web
	cargo build --locked --release --bins
	cargo bench --quiet --locked -p sources --bench decode
	cargo bench --quiet --locked -p server --bench latency
	cargo bench --quiet --locked -p server --bench alerts
	scripts/with-postgres.sh cargo bench --quiet --locked -p server --bench sessions
	node e2e/bench.mjs $(RELEASE)

fmt:
	cargo fmt --all

openapi: node_modules/.package-lock.json
	cargo run --quiet --locked --bin wakeful -- openapi > web/openapi.json.new
	mv web/openapi.json.new web/openapi.json
	npm run generate -w web

# FUZZ_SECONDS (600) over all targets.
fuzz:
	scripts/fuzz.sh

# An hour (WAKEFUL_SOAK_SECONDS) of random faults on both databases; a failure names its WAKEFUL_SOAK_SEED.
# Before it 200 times (WAKEFUL_KILL_ROUNDS) `kill -9` under load, which may lose no session; after it the trials of alerts,
# as long as they are (WAKEFUL_TRIAL_SCALE): ten minutes of a failing provider, an hour of blindness, an hour frozen.
soak: needs
	WAKEFUL_KILL_ROUNDS=$${WAKEFUL_KILL_ROUNDS:-200} \
	  scripts/with-postgres.sh cargo nextest run -p server --locked --profile soak kill::
	WAKEFUL_SOAK_SECONDS=$${WAKEFUL_SOAK_SECONDS:-3600} WAKEFUL_SOAK_SEED=$${WAKEFUL_SOAK_SEED:-$$RANDOM} \
	  scripts/with-postgres.sh cargo nextest run -p server --locked --profile soak soak::
	WAKEFUL_TRIAL_SCALE=$${WAKEFUL_TRIAL_SCALE:-1} \
	  scripts/with-postgres.sh cargo nextest run -p server --locked --profile soak --test-threads 16 long_trials:: frozen

# Every page by day and night, on a phone and on a desk, into docs/screenshots/.
screenshots: needs web
	cargo build --locked --bins
	WAKEFUL_BIN=$(abspath $(BIN)) npm run screenshots -w e2e

# The tests of the fault list alone, and the table of docs/sessions.md out of what they found.
faults: needs web
	cargo build --locked --bins
	WAKEFUL_BIN=$(abspath $(BIN)) scripts/faults.sh

# ── parts of the above

.PHONY: fmt-check needs drift fuzz-short
fmt-check:
	cargo fmt --all --check

lint:
	cargo clippy --workspace --all-targets --locked -- -D warnings

deny: .tools/bin/cargo-deny
	cargo fetch --locked
	.tools/bin/cargo-deny --offline check licenses bans sources

.tools/bin/cargo-deny:
	mkdir -p .tools
	cargo install cargo-deny --version 0.20.2 --locked --root "$(CURDIR)/.tools"

web: node_modules/.package-lock.json
	npm run build

check: node_modules/.package-lock.json
	npm run check
	npm run check -w e2e

# npm writes this file last: it is there when the install was whole.
node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

needs:
	scripts/test-needs.sh

drift:
	scripts/openapi-drift.sh

# Only where the nightly compiler is; the property tests run always, in `test`.
fuzz-short:
	if cargo +nightly --version >/dev/null 2>&1; then FUZZ_SECONDS=60 scripts/fuzz.sh; else echo "fuzz: left out, no nightly compiler here"; fi
