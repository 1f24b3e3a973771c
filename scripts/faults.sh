#!/usr/bin/env bash
# Runs the tests of the fault list, wherever they are, and writes the table of docs/sessions.md.
set -euo pipefail

export PATH="$PWD/.tools/bin:$PATH"
failed=0
rm -rf e2e/faults/results
scripts/with-postgres.sh cargo nextest run --profile faults --workspace --locked --no-fail-fast -E 'test(/fault_[0-9]+_/)' || failed=1
npm run faults -w e2e || failed=1
(cd e2e && npx playwright test --project=faults) || failed=1
npm run faults:table -w e2e || failed=1
exit "$failed"
