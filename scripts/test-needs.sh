#!/usr/bin/env bash
# Sees that what the tests need is on this machine: Chromium, PostgreSQL, cargo-nextest; installs what is missing where it may.
set -eu

if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "test: Node.js 20.19 or later is needed, with npm" >&2
  exit 69
fi

missing=()
if ! command -v "${CHROMIUM:-/usr/bin/chromium}" >/dev/null; then missing+=(chromium); fi
if ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then missing+=(postgresql); fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "test: missing: ${missing[*]}. Install with: sudo apt-get update && sudo apt-get install ${missing[*]}" >&2
    exit 69
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

if ! PATH="$PWD/.tools/bin:$PATH" cargo nextest --version >/dev/null 2>&1; then
  cargo install cargo-nextest --version 0.9.143 --locked --root .tools
fi
