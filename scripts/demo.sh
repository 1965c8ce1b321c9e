#!/usr/bin/env bash
# Installs, builds, and syncs a bundled sample of 605 rows to a LiveDesk emulator on this machine: no account is
# needed and nothing leaves the machine. Ends with 0 if every row became what it should.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"

runs=runs/demo-$(date -u +%Y-%m-%dT%H%M%SZ)
welcome=$(mktemp)
emulator=
trap '[[ -z $emulator ]] || kill "$emulator" 2>/dev/null; wait; rm -f "$welcome"' EXIT
say() { printf '\n== %s\n\n' "$*"; }

# Runs a sync and compares exit code and counts with what the sample holds.
sync() { # NAME EXPECTED-COUNTS INPUT OPTION...
  local dir=$runs/$1 expected=$2 code=0 counts
  shift 2
  echo "\$ livedesk-sync run $* --rate 100"
  # the emulator is a new one each time, of which a state must know nothing
  node dist/main.js run "$@" --rate 100 --no-state --run-dir "$dir" --log-level error || code=$?
  counts=$(node -p '
    const { statuses, pending } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    Object.entries({ ...statuses, pending }).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`).join(", ")
  ' "$dir/summary.json")
  if [[ $code != 1 || $counts != "$expected" ]]; then
    printf '\nNot as expected: exit code %s instead of 1, or %s instead of %s\n' "$code" "$counts" "$expected" >&2
    exit 1
  fi
  printf '\nAs expected: exit code 1 (some rows are bad on purpose), %s.\n' "$counts"
}

say 'A LiveDesk to send to: answers in 10 to 80 ms, and 2 % of the time with a server error'
# the caller's own settings are for a real account
unset "${!LIVEDESK_@}"
node dist/main.js emulate --port 0 --quiet --first-id 318001 --contacts 600 \
  --latency 10-80ms --fault 500=2% >"$welcome" &
emulator=$!
until grep -q http "$welcome"; do
  kill -0 "$emulator"
  sleep 0.1
done
head -n 1 "$welcome"
LIVEDESK_BASE_URL=$(sed -nE 's/.* on (http:[^ ]+) .*/\1/p' "$welcome")
export LIVEDESK_BASE_URL LIVEDESK_API_KEY=demo-key LIVEDESK_API_SECRET=demo-secret

say 'A CRM export: 485 rows with BOM, semicolons, CRLF, line breaks in cells, contacts that come twice'
cat <<'END'
Nine of them are bad on purpose: an id like 3.18041E+05 as a spreadsheet writes it, an address without @, a phone
that is none, a tier and a date that do not exist, a semicolon without quotes, a contact that is not there, and two rows
that give one address to two contacts. Closed accounts are left out by the mapping.

END
sync crm '451 updated, 25 skipped, 8 invalid, 1 rejected' \
  fixtures/sample/crm-export.csv -m fixtures/sample/crm-mapping.yaml

say 'Customers of a web shop: 120 JSON lines'
cat <<'END'
Three are bad on purpose: a line cut short, one without an id, and a number with more digits than JSON keeps. One
field lies in a nested object that LiveDesk replaces whole, so each contact that sets it is read first.

END
sync shop '117 updated, 3 invalid' \
  fixtures/sample/shop-customers.jsonl -m fixtures/sample/shop-mapping.yaml

say 'What is left behind'
cat <<END
$runs/crm/results.jsonl   the result log: one line for each row, and no personal data in it
END
for status in updated skipped invalid rejected; do
  grep -m 1 "\"status\":\"$status\"" "$runs/crm/results.jsonl" | cut -c 1-160
done
cat <<END

$runs/crm/rejects.csv   the bad rows in the input's own columns: correct them and feed the file back
$(sed -n '1p; 3p' "$runs/crm/rejects.csv" | cut -c 1-160)

$runs/crm/rejects-unreadable.txt   rows that are no record of the input's shape, as they stand in it
$runs/crm/summary.json   counts, causes, latencies, for machines
$runs/shop/   the same for the web shop
END
