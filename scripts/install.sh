# Sourced by the other scripts: goes to the project's folder, installs what is missing, builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: install Node.js 20.19 or later" >&2; exit 2; }
done
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  { echo "Node.js $(node -v) is too old: 20.19 or later is needed" >&2; exit 2; }
if [[ ! -f node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
  npm ci --no-audit --no-fund
  touch node_modules/.package-lock.json
fi
npm run --silent build
