# Sourced by .ci/run. Programs that the tests start beside our own: where continuous integration runs on a fresh Debian
# they are installed; elsewhere the tests that need a missing one say so and are skipped.
services=(
  "redis-server redis-server"
  "systemd-analyze systemd"
  "docker-compose docker-compose"
  "chromium chromium"
  "prometheus-node-exporter prometheus-node-exporter"
)
missing=()
for service in "${services[@]}"; do
  read -r command package <<<"$service"
  command -v "$command" >/dev/null || missing+=("$package")
done
if [[ ${#missing[@]} -gt 0 && ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
