#!/usr/bin/env bash
# Runs every test: Rust on both databases, the web packages, the fault proxy, push messages, the browser; all of them even when one fails.
set -euo pipefail

export PATH="$PWD/.tools/bin:$PATH"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=0

# run NAME COMMAND…: shows the output as it comes and keeps it for the closing lines.
run() {
  local name=$1
  shift
  echo "── $name: $*"
  if ! "$@" 2>&1 | tee "$logs/$name"; then
    failed=1
    echo "$name: failed" >>"$logs/failed"
  fi
}

run rust scripts/with-postgres.sh cargo nextest run --workspace --locked --no-fail-fast
run web npm test
run faults npm run faults -w e2e
run push npm run push -w e2e
run browser npm test -w e2e

# What each runner said last, together, so that the end of a long output tells how it went.
echo "── together"
sed -e 's/\x1b\[[0-9;]*m//g' "$logs/rust" | grep -E '^ *Summary \[' || echo "rust: no summary"
sed -e 's/\x1b\[[0-9;]*m//g' "$logs/web" | grep -E '^ *(Test Files|Tests) ' || echo "web: no summary"
sed -e 's/\x1b\[[0-9;]*m//g' "$logs/faults" | grep -E '^ *(Test Files|Tests) ' || echo "faults: no summary"
sed -e 's/\x1b\[[0-9;]*m//g' "$logs/push" | grep -E '^ *(Test Files|Tests) ' || echo "push: no summary"
sed -e 's/\x1b\[[0-9;]*m//g' "$logs/browser" | grep -E '^ *[0-9]+ (passed|failed|flaky|skipped|did not run)' || echo "browser: no summary"
if [ -e "$logs/failed" ]; then cat "$logs/failed"; fi
exit "$failed"
