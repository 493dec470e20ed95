#!/bin/bash
# Make the JSON schemas that dashboards are held against, from Grafana's published types (Apache-2.0).
# Needs npm and its registry; the tests need only what this leaves here. Unknown fields are errors.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 12.4.11 13.2.3; do
  mkdir "$folder/$version"
  cd "$folder/$version"
  cp "$here/dashboard.ts" .
  npm init --yes >/dev/null
  npm install --silent --ignore-scripts ts-json-schema-generator@2.9.0 \
    "@grafana/schema@$version" @grafana/grafana-foundation-sdk@0.0.21
  npx ts-json-schema-generator --path dashboard.ts --type Dashboard --no-type-check --minify \
    --jsDoc none --expose none --out "$here/dashboard-${version%%.*}.schema.json"
done
