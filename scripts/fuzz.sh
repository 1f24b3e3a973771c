#!/usr/bin/env bash
# Feeds hostile bytes to every fuzz target in turn, FUZZ_SECONDS (600) over all of them.
set -euo pipefail

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "fuzz: the nightly compiler is missing. Install it with: rustup toolchain install nightly" >&2
  exit 69
fi
export PATH="$PWD/.tools/bin:$PATH"
if ! cargo fuzz --version >/dev/null 2>&1; then
  cargo install cargo-fuzz --version 0.13.2 --locked --root .tools
fi

mapfile -t targets < <(cargo +nightly fuzz list --fuzz-dir fuzz)
if [ ${#targets[@]} -eq 0 ]; then
  echo "fuzz: no target in fuzz/" >&2
  exit 70
fi
each=$((${FUZZ_SECONDS:-600} / ${#targets[@]}))
each=$((each > 0 ? each : 1))
cargo +nightly fuzz build --fuzz-dir fuzz
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in "${targets[@]}"; do
  echo "── $target, $each s"
  if ! cargo +nightly fuzz run --fuzz-dir fuzz "$target" -- -max_total_time="$each" >"$log" 2>&1; then
    tail -n 80 "$log" >&2
    exit 1
  fi
  grep '^Done' "$log"
done
