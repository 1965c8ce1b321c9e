#!/usr/bin/env bash
# The one gate: installs what is missing, then format, lint, types, unused code, all tests.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
npx biome check .
npx tsc -p .
npx knip
npx vitest run --config .vitest.config.ts "$@"
