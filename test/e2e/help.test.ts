import { expect, it } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';

it('the program', async () => {
  expect(await help()).toMatchInlineSnapshot(`
    "livedesk-sync <command>

    Sync contacts from CSV or JSONL files to EngageLab LiveDesk.

    Commands:
      livedesk-sync run [input..]   Sync the contacts of CSV or JSONL files
      livedesk-sync plan [input..]  Read the contacts that would change and write what each holds and
                                    would hold, to be approved
      livedesk-sync apply <plan>    Send what a plan says, and nothing else
      livedesk-sync undo <run>      Put back what a run changed, where nothing has changed since
      livedesk-sync runs [dir]      List runs: when, which job, how they ended, bad rows, what to type
                                    next; and the state
      livedesk-sync test [file..]   Check mappings against their own examples, mapping.test.yaml beside
                                    mapping.yaml
      livedesk-sync pull            Read the account's contacts, so that a run knows them and sends only
                                    what differs
      livedesk-sync init <input>    Draft a mapping from the header and a sample of a file
      livedesk-sync probe           Check the credentials, and learn on one contact what the API leaves
                                    undocumented
      livedesk-sync merge [dir..]   Join the runs of all shards into one, and prove that every row has
                                    one outcome
      livedesk-sync report [dir]    Draw a run: what happened when, why rows ended badly, how fast it
                                    went
      livedesk-sync emulate         Serve a LiveDesk on this machine to rehearse against
      livedesk-sync help <topic>    Show a page of the manual, or the options of a command

    Options:
      -h, --help     Show help                                                                 [boolean]
      -v, --version  Show version number                                                       [boolean]

    Credentials come from LIVEDESK_API_KEY and LIVEDESK_API_SECRET, never from the command line.

    The manual, shown by livedesk-sync help TOPIC:
      mapping     Input files, and what a mapping may say: columns, types, empty cells
      nightly     Every night: cron, systemd, Kubernetes; watching it; what grows on disk
      jobs        livedesk-sync.yaml: jobs and accounts with all their options in one file
      migration   Once: plan, approve and prove; try ten rows, stop, go on, send bad rows again
      state       Sending only what changed, and which side wins when both changed a field
      matching    Finding contacts by your own keys, and making those that are missing
      rate        How fast: --rate, --rate auto, throttling, pauses
      machines    Several machines: shards, merging them, one rate and one lock over Redis
      results     The run directory: journal, statuses, rejects, summary
      report      A run as a page, Markdown or JSON
      errors      Every ERR_ code: its cause, and what to do
      options     Every option of every command, durations, environment variables
      library     sync(), the same for programs
      guarantees  What is promised: order, delivery, retries, outages, stops
      rehearsal   Dry run, emulator, and what a probe learns of an account
    "
  `);
});

it('run', async () => {
  expect(await help('run')).toMatchInlineSnapshot(`
    "livedesk-sync run [input..]

    Sync the contacts of CSV or JSONL files

    Positionals:
      input  CSV or JSONL file, gzip too; - is stdin. Several are one run          [array] [default: []]

    Reading:
      -m, --mapping      YAML or JSON mapping; without it, columns named like fields            [string]
          --format       Format of the input [default: detected]      [string] [choices: "csv", "jsonl"]
          --encoding     Encoding of the input, e.g. windows-1252 [default: by BOM, else utf-8] [string]
          --delimiter    Cell separator of CSV: one character, or "tab" [default: detected]     [string]
          --quote        Character around cells of CSV, or "none" if quotes are text [default: "; none
                         for tabs without quoting]                                              [string]
          --skip-rows    Leave out that many lines above the header                             [string]
          --skip-footer  Leave out that many rows at the end, blank ones not counted            [string]
          --min-rows     Send nothing if regular files hold fewer rows                          [string]
          --limit        Stop after that many rows: a canary, continued by --resume DIR --limit all
                         [default: all]                                                         [string]
          --shard        Do one of N shards of the contacts, as in 1/4; auto/4 reads
                         JOB_COMPLETION_INDEX                                                   [string]
          --spool        Keep a copy of stdin in the run directory, so that the run can be continued
                                                                              [boolean] [default: false]

    Going on:
          --resume        Go on with that run, a directory or its name below runs/: rows without an
                          outcome                                                               [string]
          --retry         Send the bad rows of that run again, from the original inputs, as a new run
                                                                                                [string]
          --corrected     With --retry: send the rejects files of that run as they were corrected
                                                                              [boolean] [default: false]
          --continue      If the newest run of the same work is unfinished, go on with it, else begin
                          one: for cron                                       [boolean] [default: false]
          --older-data    Go on although a later run delivered newer data     [boolean] [default: false]
          --same-account  The API key was rotated, and is that of the same account: said once, the state
                          remembers it                                        [boolean] [default: false]
          --wait-lock     Wait that long for another run of the account to end  [string] [default: "0s"]

    Jobs:
          --job       Run that job of livedesk-sync.yaml; auto takes the n-th by the index of an array
                      job                                                                       [string]
          --all-jobs  Run all jobs of the file: accounts side by side, jobs of one account in order
                                                                              [boolean] [default: false]
          --config    The file of jobs [default: livedesk-sync.yaml]                            [string]
          --parallel  With --all-jobs: accounts worked on at once                [string] [default: "4"]

    Sending:
          --base-url      Where LiveDesk answers [default: https://livedesk-api.engagelab.com]  [string]
          --rate          Requests per second, retries included, "unlimited", or "auto" to find what the
                          account allows                                        [string] [default: "10"]
          --max-rate      The most requests per second that --rate auto may find                [string]
          --concurrency   Rows in flight [default: max(10, rate / 2), at most 512]              [string]
          --max-attempts  Attempts per row; throttled answers do not count       [string] [default: "6"]
          --timeout       Time for one attempt                                 [string] [default: "30s"]
          --dry-run       Do everything but send; compares with the state     [boolean] [default: false]

    Comparing:
          --state        Directory that remembers what was sent, so that only what changed is sent
                         again; --no-state (LIVEDESK_NO_STATE) keeps none [default: runs/.state][string]
          --full         Send every field whatever the state says             [boolean] [default: false]
          --read-first   Contacts to read just before they are written: where a value of theirs counts,
                         or all that change  [string] [choices: "needed", "changed"] [default: "needed"]
          --undoable     Read each contact before it is changed and keep the old values, so that
                         livedesk-sync undo can put them back                 [boolean] [default: false]
          --pull-every   With \`match\`: pull first if the last complete pull is older than that, as in
                         24h                                                                    [string]
          --max-changes  Send nothing if more rows than that would change a contact: N or N%    [string]
          --show         With --dry-run on a terminal: show old and new values of that many rows[string]
          --search-rate  Searches per second, for mappings with \`match\`; they count for --rate, too
                                                                                 [string] [default: "1"]

    Stopping:
          --accept-bad-rows  Bad rows that a good run may have, N or N%: exit 0; a failed row is never
                             accepted                                            [string] [default: "0"]
          --accept-drift     This once, the guard of the mapping only warns   [boolean] [default: false]
          --max-errors       Stop when more rows than this end badly: N or N%  [string] [default: "50%"]
          --outage-budget    How long one outage or throttling may last        [string] [default: "15m"]
          --drain-timeout    Time for open requests after a signal              [string] [default: "8s"]
          --until            Take no new rows after that time of day: 06:00, or 06:00 Europe/Berlin
                                                                                                [string]
          --stop-after       Take no new rows after that time                                   [string]

    Telling:
      -o, --run-dir        Directory for the run's files [default: runs/<time>-<input>-<hex>]   [string]
          --keep           Delete older finished runs of the account beside this one: 30d keeps 30 days,
                           20 keeps 20 runs                                                     [string]
          --keep-personal  Delete rejects, missing rows, old values and copies of stdin of finished runs
                           after that, as in 30d; journal and summary stay [default: as the run][string]
          --metrics-file   Write metrics there, for the textfile collector of the node exporter or the
                           like                                                                 [string]
          --notify-format  How notices to LIVEDESK_NOTIFY_URL are posted [default: slack to
                           hooks.slack.com, else json]               [string] [choices: "json", "slack"]
          --json           Print the summary as one JSON object               [boolean] [default: false]
          --progress       Show a progress line [default: on a terminal]                       [boolean]
          --log-level      What to log on stderr
               [string] [choices: "trace", "debug", "info", "warn", "error", "silent"] [default: "info"]
          --log-format     Form of the log [default: pretty on a terminal]
                                                                    [string] [choices: "json", "pretty"]

    Options:
      -h, --help     Show help                                                                 [boolean]
      -v, --version  Show version number                                                       [boolean]

    Examples:
      livedesk-sync run contacts.csv                      columns are named like the fields: contact_id,
                                                          name, email, ...
      livedesk-sync run crm.csv -m mapping.yaml           see what would be sent
      --dry-run
      livedesk-sync run crm.csv -m mapping.yaml --limit   try ten rows for real
      10
      livedesk-sync run crm.csv -m mapping.yaml           every night from cron
      --continue --keep 30d
      livedesk-sync run --resume latest                   go on after a crash or a stop
      livedesk-sync run crm.csv -m mapping.yaml --shard   a quarter of the contacts; see livedesk-sync
      1/4                                                 merge
      livedesk-sync run --job nightly-crm                 a job of livedesk-sync.yaml, with all its
                                                          options
      zcat crm.jsonl.gz | livedesk-sync run - --rate 50   read stdin, 50 requests per second

    See livedesk-sync help TOPIC for: options, jobs, nightly, migration, errors
    "
  `);
});

it('probe', async () => {
  expect(await help('probe')).toMatchInlineSnapshot(`
    "livedesk-sync probe

    Check the credentials, and learn on one contact what the API leaves undocumented

    Probing:
          --contact    Id of a contact that may be used; best one with an e-mail and attributes. It is
                       put back                                                                 [string]
          --read-only  Send GET alone; what takes a write is not learnt       [boolean] [default: false]
          --test-key   Custom attribute that may be set, cleared and deleted. If the contact does not
                       have it, it may stay, emptied                                            [string]
          --restore    Put the contact in that file back, after a probe that was cut off        [string]
          --state      Directory of the state, to leave what was found in [default: runs/.state if it is
                       there, else livedesk-contact-sync in $XDG_STATE_HOME or ~/.local/state]  [string]

    Sending:
          --base-url      Where LiveDesk answers [default: https://livedesk-api.engagelab.com]  [string]
          --rate          Requests per second, retries included, or "unlimited"  [string] [default: "2"]
          --max-attempts  Attempts per request; throttled answers do not count   [string] [default: "6"]
          --timeout       Time for one attempt                                 [string] [default: "30s"]

    Stopping:
          --outage-budget  How long one outage or throttling may last           [string] [default: "2m"]

    Going on:
          --wait-lock  Wait that long for another run of the account to end     [string] [default: "0s"]

    Telling:
          --json        Print the summary as one JSON object                  [boolean] [default: false]
          --log-level   What to log on stderr
               [string] [choices: "trace", "debug", "info", "warn", "error", "silent"] [default: "info"]
          --log-format  Form of the log [default: pretty on a terminal]
                                                                    [string] [choices: "json", "pretty"]

    Jobs:
          --job     Take credentials and options of that job of livedesk-sync.yaml              [string]
          --config  The file of jobs [default: livedesk-sync.yaml]                              [string]

    Options:
      -h, --help     Show help                                                                 [boolean]
      -v, --version  Show version number                                                       [boolean]

    Examples:
      livedesk-sync probe --contact 318763 --read-only  check the credentials, and what reads tell
      livedesk-sync probe --contact 318763              the rest, too, with one or two writes of its own
                                                        values

    See livedesk-sync help TOPIC for: rehearsal, options
    "
  `);
});

it('merge', async () => {
  expect(await help('merge')).toMatchInlineSnapshot(`
    "livedesk-sync merge [dir..]

    Join the runs of all shards into one, and prove that every row has one outcome

    Positionals:
      dir  Run directories of the shards, in any order                             [array] [default: []]

    Telling:
      -o, --run-dir  Directory for the joined run [default: runs/<time>-<input>-merged-<hex>]   [string]
          --json     Print the summary as one JSON object                     [boolean] [default: false]

    Stopping:
          --accept-bad-rows  Bad rows that a good job may have, N or N% [default: what the shards were
                             given]                                                             [string]

    Options:
      -h, --help     Show help                                                                 [boolean]
      -v, --version  Show version number                                                       [boolean]

    Examples:
      livedesk-sync merge runs/*of4* -o runs/tonight  exit 0 if proven, else 1 with the rows that lack

    See livedesk-sync help TOPIC for: machines, options
    "
  `);
});

it('report', async () => {
  expect(await help('report')).toMatchInlineSnapshot(`
    "livedesk-sync report [dir]

    Draw a run: what happened when, why rows ended badly, how fast it went

    Positionals:
      dir  Run directory, e.g. runs/latest, or a plan.jsonl; with --all the folder of them [default:
           runs]                                                                                [string]

    Options:
          --all      Draw the runs of each job over its nights                [boolean] [default: false]
          --job      With --all: that job only                                                  [string]
          --format   A page that works from disk; text for a pull request or a CI summary; the figures
                                        [string] [choices: "html", "markdown", "json"] [default: "html"]
      -o, --output   File to write, - is stdout [default: DIR/report.html, with --all DIR/nights.html,
                     of a plan plan.html beside it; stdout for markdown and json]               [string]
      -h, --help     Show help                                                                 [boolean]
      -v, --version  Show version number                                                       [boolean]

    Examples:
      livedesk-sync report runs/latest                    writes runs/latest/report.html
      livedesk-sync report runs/latest/plan.jsonl         a page of a plan, for the person who approves
                                                          it
      livedesk-sync report --all                          writes runs/nights.html: rows, bad rows,
                                                          minutes and rate of each night
      livedesk-sync report runs/latest --format markdown  a summary of a CI job
      >> "$GITHUB_STEP_SUMMARY"

    See livedesk-sync help TOPIC for: report, options
    "
  `);
});

it('emulate', async () => {
  expect(await help('emulate')).toMatchInlineSnapshot(`
    "livedesk-sync emulate

    Serve a LiveDesk on this machine to rehearse against

    Options:
          --port                   port on 127.0.0.1; 0 takes any free one      [number] [default: 3999]
          --api-key                key to accept [LIVEDESK_API_KEY, else demo-key]              [string]
          --api-secret             secret to accept [LIVEDESK_API_SECRET, else demo-secret]     [string]
          --contacts               how many contacts to make up                 [number] [default: 1000]
          --first-id               id of the first contact                         [number] [default: 1]
          --seed                   of made-up contacts, latency and faults         [number] [default: 1]
          --shared-phones          pairs of contacts with one phone: 422 on any PATCH
                                                                                   [number] [default: 0]
          --imported               so many contacts came with one CSV import: one created_at for all;
                                   may be repeated                                [number] [default: []]
          --null-attributes-of     ids of contacts whose attributes are null, as in old rows: a PATCH of
                                   them is a 500                                  [number] [default: []]
          --limit                  requests per window, like 500/1s; 150/1s:300 is a bucket that holds
                                   300; or none                            [string] [default: "3000/1m"]
          --search-limit           searches per window, or none             [string] [default: "100/1m"]
          --throttle-mode          answer over the limit: 429 bare, with Retry-After, as JSON; 400, 200
                                   or 503 instead
          [choices: "text", "retry-after", "json", "bad-request", "ok", "unavailable"] [default: "text"]
          --latency                time to answer, like 50ms or 20-200ms         [string] [default: "0"]
          --write-delay            between reading and writing a contact, unlocked
                                                                                 [string] [default: "0"]
          --fault                  share of requests that go wrong, like 500=2% or reset-after=1%; may
                                   be repeated                                     [array] [default: []]
          --contact-fault          faults of one contact, like 17=500,502 in order or 17=403* always;
                                   may be repeated                                 [array] [default: []]
          --impostor               what answers in place of LiveDesk
                                                              [choices: "login-page", "redirect", "spa"]
          --down                   drop every connection until switched back  [boolean] [default: false]
          --additional-attributes  what a PATCH of additional_attributes does to the other keys
                                                        [choices: "merge", "replace"] [default: "merge"]
          --phone-pattern          how strict phones are
                                             [choices: "anchored", "unanchored"] [default: "unanchored"]
          --auth-body              shape of a 401
                                        [choices: "error", "errors", "code", "empty"] [default: "error"]
          --method-not-allowed     status for a method that is not there
                                                                      [choices: 404, 405] [default: 404]
          --page-size              the page_size of a listing
                                                   [choices: "ignored", "honoured"] [default: "ignored"]
          --id-prefix-cast         take 12abc for contact 12                  [boolean] [default: false]
          --page-size-max          the largest page_size that is honoured       [number] [default: 1000]
          --show-contact           serve GET of one contact                   [boolean] [default: false]
          --patch-answer           what a PATCH answers with: the contact as it is now, without
                                   custom_attributes, as it was
                               [choices: "stored", "no-custom-attributes", "before"] [default: "stored"]
          --null-attribute         what null does to a custom attribute
                                           [choices: "stored", "deletes", "ignored"] [default: "stored"]
          --not-found              a contact that is not there: 404, or 400 with a code
                                                           [choices: "error", "code"] [default: "error"]
          --search                 what q does to a listing
                                                [choices: "substring", "ignored"] [default: "substring"]
          --search-scope           contacts that are searched: with a key, all, or leads, which are all
                                   that lists show then
                                             [choices: "resolved", "all", "leads"] [default: "resolved"]
          --search-company         search the company, too                     [boolean] [default: true]
          --search-count           what count of a search is: all hits, or those of the page
                                                           [choices: "total", "page"] [default: "total"]
          --ties                   order among equal sort keys: another one on each page, as databases
                                   do, or always the same
                                                   [choices: "per-page", "stable"] [default: "per-page"]
          --sort-keys              what sort=a,b does: sort by both, by the first, not at all, or a 422
                                [choices: "several", "first", "ignored", "refused"] [default: "several"]
          --synced-columns         a save copies city and country into columns: over 255 characters, the
                                   next PATCH is a 422            [choices: "on", "off"] [default: "on"]
          --inbox                  an inbox and its kind, like 600=email, of web, api, email, whatsapp,
                                   unsupported; may be repeated                    [array] [default: []]
          --create-attributes      what a creation does with attributes
                                                        [choices: "taken", "dropped"] [default: "taken"]
          --filter-contacts        serve POST contacts/filter                 [boolean] [default: false]
          --destroy-attributes     serve POST contacts/:id/destroy_custom_attributes
                                                                              [boolean] [default: false]
          --limit-headers          tell with every answer how much of the limit is left
                                                                              [boolean] [default: false]
          --quiet                  do not print what is asked                 [boolean] [default: false]
      -h, --help                   Show help                                                   [boolean]
      -v, --version                Show version number                                         [boolean]

    Examples:
      livedesk-sync emulate --contacts 5000 --limit       a strict one with 5,000 contacts
      500/1s
      livedesk-sync emulate --latency 20-200ms --fault    a slow and shaky one
      500=2% --fault reset-after=1%

    See livedesk-sync help TOPIC for: rehearsal, options
    "
  `);
});

it('no command at all is a mistake', async () => {
  const { code, stdout, stderr } = await runCli([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatchInlineSnapshot(`
    "livedesk-sync: Which command? See --help. (ERR_USAGE)
    "
  `);
});

it('a near miss names what was meant', async () => {
  const { code, stderr } = await runCli(['rum', 'contacts.csv']);
  expect(code).toBe(2);
  expect(stderr).toContain('run');
});

it('a topic that there is not is named as an argument, not as an option', async () => {
  const { code, stderr } = await runCli(['help', 'exit']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^livedesk-sync: TOPIC takes mapping, .* or rehearsal, not "exit" \(ERR_USAGE\)\n$/);
});

// --- internal ---

async function help(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...command, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

it('an option of another command is not taken for a typing error of itself', async () => {
  const { code, stderr } = await runCli(['pull', '--search-rate', '5']);
  expect([code, stderr]).toEqual([
    2,
    'livedesk-sync: pull has no option --search-rate. See livedesk-sync pull --help. (ERR_USAGE)\n',
  ]);
});
