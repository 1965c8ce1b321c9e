#!/usr/bin/env bash
# Runs the built program's tests on each Node that users have: the lowest one allowed and the newest of each line.
# The binaries are those of npm's `node` package, kept in a folder of the user's cache. Names of tests may follow; without
# any, all that start the program as a process are run.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"

versions=(20.19.0 22 24 26)
platform=$(node -p '`node-${process.platform}-${process.arch}`')
cache=${XDG_CACHE_HOME:-$HOME/.cache}/livedesk-contact-sync/node
tests=("$@")
((${#tests[@]})) || tests=(test/e2e test/crash/resume.test.ts test/crash/stopping.test.ts test/crash/state.test.ts test/readme.test.ts)
failed=0
table=
for version in "${versions[@]}"; do
  folder=$cache/$version
  mkdir -p "$folder"
  # the package for this platform itself: `node` would fetch it by an install script
  npm install --prefix "$folder" --no-audit --no-fund --no-save --loglevel=error "$platform@$version" >/dev/null
  node=$folder/node_modules/$platform/bin/node
  report=$(mktemp)
  # first on the path as well, for what is started as `node`
  PATH=$(dirname "$node"):$PATH "$node" node_modules/vitest/vitest.mjs run --config .vitest.config.ts \
    --reporter=dot --reporter=json --outputFile.json="$report" "${tests[@]}" || failed=1
  counts=$(node -p 'const r = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")); `${r.numPassedTests} passed, ${r.numFailedTests} failed`' "$report") || failed=1
  rm -f "$report"
  table+=$(printf '%-10s %s' "$("$node" -v)" "$counts")$'\n'
done
printf '\nNode       tests\n%s' "$table"
exit "$failed"
