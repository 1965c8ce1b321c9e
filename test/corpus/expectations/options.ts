import { done, type Expectations, refused } from '../expected.ts';

/** Command lines, one argument a line, and environments. */
export const OPTIONS: Expectations = {
  'input-is-a-pattern.args': refused(
    'ERR_INPUT',
    'exports/*.csv cannot be opened: there is no file of that very name. … a pattern, which only the shell makes names of: leave out the quotes around it',
  ),
  'input-is-a-url.args': refused(
    'ERR_INPUT',
    "only files are read: download it first, or pipe what `curl -fsSL 'https://example.com/contacts.csv?...'` prints into this same command with -",
  ),
  'input-is-in-a-bucket.args': refused(
    'ERR_INPUT',
    'pipe what `aws s3 cp s3://exports/contacts.csv -` prints into this same command with - in place of the URL.',
  ),
  'quote-of-two-characters.args': refused(
    'ERR_USAGE',
    '--quote must be one character that is a mark such as',
  ),
  'skip-rows-negative.args': refused('ERR_USAGE', '--skip-rows takes a whole number of at least 0, not "-1"'),
  'attempts-half.args': refused('ERR_USAGE', '--max-attempts takes a whole number of at least 1, not "1.5"'),
  'attempts-zero.args': refused('ERR_USAGE', '--max-attempts takes a whole number of at least 1, not "0"'),
  'base-url-file.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key to the network; it is for loopback hosts only), not file://',
  ),
  'base-url-ftp.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key to the network; it is for loopback hosts only), not ftp://127.0.0.1',
  ),
  'base-url-http-any-address.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key to the network; it is for loopback hosts only), not http://0.0.0.0:8080',
  ),
  'base-url-http-elsewhere.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key … loopback hosts only), not http://livedesk-api.engagelab.com',
  ),
  'base-url-http-localhost-elsewhere.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key … loopback hosts only), not http://localhost.example.com:8080',
  ),
  'base-url-http-looks-like-loopback.args': refused(
    'ERR_BASE_URL',
    '--base-url must begin with https: (plain http: would show the API key … for loopback hosts only), not http://127.0.0.1.example.com',
  ),
  'base-url-with-query.args': refused('ERR_BASE_URL', '--base-url must end with the path: no "?" and no "#"'),
  'base-url-without-scheme.args': refused(
    'ERR_BASE_URL',
    '--base-url is not a URL; write e.g. https://livedesk-api.engagelab.com',
  ),
  'boolean-in-words.env': refused('ERR_USAGE', 'LIVEDESK_DRY_RUN takes true or false, not "perhaps"'),
  'command-unknown.args': refused('ERR_USAGE', 'there is no command "sync". Did you mean runs?'),
  'concurrency-of-a-million.args': refused(
    'ERR_USAGE',
    '--concurrency takes at most 10000, not "1000000000"',
  ),
  'concurrency-zero.args': refused('ERR_USAGE', '--concurrency takes a whole number of at least 1, not "0"'),
  'delimiter-a-letter.args': refused(
    'ERR_USAGE',
    '--delimiter must be one character that is no letter, digit, quote or line break, e.g. ";" or tab.',
  ),
  'delimiter-a-quote.args': refused(
    'ERR_USAGE',
    '--delimiter must be one character that is no letter, digit, quote or line break, e.g. ";" or tab.',
  ),
  'delimiter-of-two.args': refused(
    'ERR_USAGE',
    '--delimiter must be one character that is no letter, digit, quote or line break, e.g. ";" or tab.',
  ),
  'dry-run-and-its-contrary.args': refused(
    'ERR_USAGE',
    'there is no option --no-dry-run. Did you mean "--dry-run"?',
  ),
  'dry-run-with-a-word.args': refused('ERR_USAGE', '--dry-run takes true or false, not "maybe"'),
  'encoding-unknown.args': refused(
    'ERR_USAGE',
    '--encoding klingon is unknown. Give a WHATWG name, e.g. utf-8, windows-1252, utf-16le, shift_jis, gb18030.',
  ),
  'errors-in-words.args': refused(
    'ERR_USAGE',
    '--max-errors takes a number of rows such as 20, or a share such as 5%, not "few"',
  ),
  'errors-over-100-percent.args': refused('ERR_USAGE', '--max-errors takes at most 100%, not "101%"'),
  'format-unknown.args': refused('ERR_USAGE', '--format takes csv or jsonl, not "xml"'),
  'format-wrong.args': refused(
    'ERR_INPUT',
    'contacts.csv: none of its first 3 lines can be read as JSONL. Line 1: … stand in double quotes. Each line must be one JSON object.',
  ),
  'input-is-a-directory.args': refused(
    'ERR_INPUT',
    'options is a directory. Name the files in it, e.g. *.csv',
  ),
  'input-not-there.args': refused(
    'ERR_INPUT',
    'no-such-file.csv cannot be opened: there is no such file. Check the path; a relative one starts at the working directory. (ENOENT)',
  ),
  'keep-in-words.args': refused(
    'ERR_USAGE',
    '--keep takes days such as 30d, or a number of runs such as 20, not "all"',
  ),
  'keep-zero.args': refused(
    'ERR_USAGE',
    '--keep takes days such as 30d, or a number of runs such as 20, not "0"',
  ),
  'key-as-flag.args': refused(
    'ERR_USAGE',
    'credentials are never given on the command line, where every user of … and LIVEDESK_API_SECRET_FILE to files that hold them.',
  ),
  'limit-zero.args': refused('ERR_USAGE', '--limit takes a whole number of at least 1, not "0"'),
  'log-format-unknown.args': refused('ERR_USAGE', '--log-format takes json or pretty, not "xml"'),
  'log-level-unknown.args': refused(
    'ERR_USAGE',
    '--log-level takes trace, debug, info, warn, error or silent, not "loud"',
  ),
  'log-level-unknown.env': refused(
    'ERR_USAGE',
    '--log-level takes trace, debug, info, warn, error or silent, not "loud"',
  ),
  'mapping-is-a-directory.args': refused(
    'ERR_MAPPING',
    'options: the mapping cannot be read: it is a directory. Check --mapping.',
  ),
  'mapping-not-there.args': refused(
    'ERR_MAPPING',
    'no-such-mapping.yaml: the mapping cannot be read: there is no such file. Check --mapping.',
  ),
  'mapping-without-value.args': refused('ERR_USAGE', '--mapping needs a value'),
  'min-rows-in-words.args': refused('ERR_USAGE', '--min-rows takes a whole number of at least 1, not "many"'),
  'min-rows-not-reached.args': refused(
    'ERR_MIN_ROWS',
    'the input has 2 rows, fewer than --min-rows 3: is the export cut short? Nothing was sent.',
  ),
  'name-unknown.env': done(['line 2: updated', 'line 3: updated']),
  'no-command.args': refused('ERR_USAGE', 'Which command? See --help.'),
  'no-input.args': refused('ERR_USAGE', 'which input? Name a CSV or JSONL file, or - for stdin.'),
  'one-of-two-inputs-not-there.args': refused(
    'ERR_INPUT',
    'no-such-file.csv cannot be opened: there is no such file. Check the path; a relative one starts at the working directory. (ENOENT)',
  ),
  'option-misspelt.args': refused('ERR_USAGE', 'there is no option --mappping. Did you mean "--mapping"?'),
  'option-twice.args': refused('ERR_USAGE', '--limit was given more than once'),
  'option-unknown.args': refused(
    'ERR_USAGE',
    'there is no option --turbo. See livedesk-sync <command> --help.',
  ),
  'rate-in-words.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "fast"',
  ),
  'rate-in-words.env': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "fast"',
  ),
  'rate-infinity.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "Infinity"',
  ),
  'rate-negative.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "-5"',
  ),
  'rate-with-exponent.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "1e3"',
  ),
  'rate-with-unit.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "10/s"',
  ),
  'rate-without-value.args': refused('ERR_USAGE', '--rate needs a value'),
  'rate-zero.args': refused(
    'ERR_USAGE',
    '--rate takes requests per second from 0.01 to 100000, or "unlimited", not "0"',
  ),
  'resume-and-retry.args': refused('ERR_USAGE', '--resume, --retry and --continue exclude each other'),
  'resume-not-a-run.args': refused(
    'ERR_NO_RUN',
    'options is not a run directory: there is no results.jsonl in it. Name the directory that the run printed.',
  ),
  'resume-nothing-there.args': refused(
    'ERR_NO_RUN',
    'no-such-run is not a run directory: there is no results.jsonl in it. Name the directory that the run printed.',
  ),
  'retry-nothing-there.args': refused(
    'ERR_NO_RUN',
    'no-such-run is not a run directory: there is no results.jsonl in it. Name the directory that the run printed.',
  ),
  'run-dir-below-a-file.args': refused(
    'ERR_RUN_DIR',
    'cannot make the run directory contacts.csv/run: ENOTDIR. Choose a writable one with --run-dir.',
  ),
  'run-dir-empty.args': refused('ERR_USAGE', '--run-dir needs a value'),
  'run-dir-is-a-file.args': refused(
    'ERR_RUN_DIR',
    'cannot make the run directory contacts.csv: EEXIST. Choose a writable one with --run-dir.',
  ),
  'stdin-empty.args': refused('ERR_INPUT', 'stdin is empty (0 bytes). Was the export finished?'),
  'stdin-twice.args': refused('ERR_USAGE', 'stdin (-) can be read only once'),
  'stop-after-in-words.args': refused(
    'ERR_USAGE',
    '--stop-after takes a duration such as 500ms, 30s, 15m or 2h, not "six"',
  ),
  'timeout-in-weeks.args': refused(
    'ERR_USAGE',
    '--timeout takes a duration such as 500ms, 30s, 15m or 2h, not "1w"',
  ),
  'timeout-negative.args': refused(
    'ERR_USAGE',
    '--timeout takes a duration such as 500ms, 30s, 15m or 2h, not "-1s"',
  ),
  'timeout-without-unit.args': refused(
    'ERR_USAGE',
    '--timeout takes a duration such as 500ms, 30s, 15m or 2h, not "30"',
  ),
  'timeout-zero.args': refused('ERR_USAGE', '--timeout must be longer than nothing, as in 30s, not "0s"'),
  'wait-lock-without-unit.args': refused(
    'ERR_USAGE',
    '--wait-lock takes a duration such as 500ms, 30s, 15m or 2h, not "60"',
  ),
};
