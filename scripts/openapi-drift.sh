#!/usr/bin/env bash
# Fails when the server's OpenAPI document, web/openapi.json and the web app's generated types do not tell the same.
set -eu

dir=$(mktemp -d)
schema=web/src/api/schema.ts
cp "$schema" "$dir/schema.ts"
# The generator writes in place; what stood there comes back, whatever happens.
trap 'cp "$dir/schema.ts" "$schema"; rm -rf "$dir"' EXIT

cargo run --quiet --locked --bin wakeful -- openapi >"$dir/openapi.json"
if ! diff -u web/openapi.json "$dir/openapi.json" >"$dir/diff"; then
  head -n 40 "$dir/diff" >&2
  echo "web/openapi.json is not what the server says: run make openapi" >&2
  exit 1
fi
npm run --silent generate -w web >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
if ! cmp -s "$dir/schema.ts" "$schema"; then
  echo "$schema is not what web/openapi.json says: run make openapi" >&2
  exit 1
fi
echo "openapi: the server, web/openapi.json and $schema agree"
