# Sourced before the tests: what they meet outside of Node. Continuous integration gets what is missing; elsewhere the
# tests that need it say that they are skipped.
# Each line: a Debian package, and the command that shows that it is there.
services=(
  'chromium chromium'
)
missing=()
for service in "${services[@]}"; do
  read -r package command <<<"$service"
  command -v "$command" >/dev/null || missing+=("$package")
done
if [[ ${CI:-} == true && ${#missing[@]} -gt 0 && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
