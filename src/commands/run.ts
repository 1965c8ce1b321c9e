import { checkBaseUrl } from '../account.ts';
import { LOG_LEVELS, type LogLevel } from '../logger.ts';
import { LIVEDESK_URL, type RunOptions } from '../run-options.ts';
import { FORMATS } from '../types.ts';
import type { Command } from './command.ts';
import {
  parseConcurrency,
  parseCount,
  parseDuration,
  parseKeep,
  parseLimit,
  parseRate,
  parseShare,
  parseTimeout,
  usage,
} from './parse-values.ts';

const READING = 'Reading:';
const SENDING = 'Sending:';
const GOING_ON = 'Going on:';
const COMPARING = 'Comparing:';
const STOPPING = 'Stopping:';
const TELLING = 'Telling:';

/** The main job. */
export const run: Command = {
  usage: 'run [input..]',
  describe: 'Sync the contacts of CSV or JSONL files',
  readsEnvironment: true,
  positionals: {
    input: {
      type: 'string',
      array: true,
      describe: 'CSV or JSONL file, gzip too; - is stdin. Several are one run',
    },
  },
  options: {
    mapping: {
      alias: 'm',
      type: 'string',
      group: READING,
      describe: 'YAML or JSON mapping; without it, columns named like fields',
    },
    format: {
      type: 'string',
      choices: FORMATS,
      group: READING,
      describe: 'Format of the input [default: detected]',
    },
    encoding: {
      type: 'string',
      group: READING,
      describe: 'Encoding of the input, e.g. windows-1252 [default: by BOM, else utf-8]',
    },
    delimiter: {
      type: 'string',
      group: READING,
      describe: 'Cell separator of CSV: one character, or "tab" [default: detected]',
    },
    'min-rows': { type: 'string', group: READING, describe: 'Send nothing if regular files hold fewer rows' },
    limit: {
      type: 'string',
      group: READING,
      describe: 'Stop after that many rows: a canary, continued by --resume DIR --limit all [default: all]',
    },
    spool: {
      type: 'boolean',
      default: false,
      group: READING,
      describe: 'Keep a copy of stdin in the run directory, so that the run can be continued',
    },
    resume: {
      type: 'string',
      group: GOING_ON,
      describe: 'Go on with the run of that directory: rows without an outcome',
    },
    retry: {
      type: 'string',
      group: GOING_ON,
      describe: 'Send the bad rows of that run again, from the original inputs, as a new run',
    },
    continue: {
      type: 'boolean',
      default: false,
      group: GOING_ON,
      describe: 'If the newest run of the same work is unfinished, go on with it, else begin one: for cron',
    },
    'older-data': {
      type: 'boolean',
      default: false,
      group: GOING_ON,
      describe: 'Go on although a later run delivered newer data',
    },
    'same-account': {
      type: 'boolean',
      default: false,
      group: GOING_ON,
      describe: 'Accept another API key for the run gone on with (after a rotation)',
    },
    'wait-lock': {
      type: 'string',
      default: '0s',
      group: GOING_ON,
      describe: 'Wait that long for another run of the account to end',
    },
    'base-url': {
      type: 'string',
      group: SENDING,
      describe: `Where LiveDesk answers [default: ${LIVEDESK_URL}]`,
    },
    rate: {
      type: 'string',
      default: '10',
      group: SENDING,
      describe: 'Requests per second, retries included, or "unlimited"',
    },
    concurrency: {
      type: 'string',
      group: SENDING,
      describe: 'Rows in flight [default: max(10, rate / 2), at most 512]',
    },
    'max-attempts': {
      type: 'string',
      default: '6',
      group: SENDING,
      describe: 'Attempts per row; throttled answers do not count',
    },
    timeout: { type: 'string', default: '30s', group: SENDING, describe: 'Time for one attempt' },
    'dry-run': {
      type: 'boolean',
      default: false,
      group: SENDING,
      describe: 'Do everything but send; compares with nothing',
    },
    state: {
      type: 'string',
      group: COMPARING,
      describe: 'Directory that remembers what was sent, so that only what changed is sent again',
    },
    full: {
      type: 'boolean',
      default: false,
      group: COMPARING,
      describe: 'Send every field whatever the state says',
    },
    'max-changes': {
      type: 'string',
      group: COMPARING,
      describe: 'Send nothing if more rows than that would change a contact: N or N%',
    },
    show: {
      type: 'string',
      group: COMPARING,
      describe: 'With --dry-run on a terminal: show old and new values of that many rows',
    },
    'search-rate': {
      type: 'string',
      default: '1',
      group: COMPARING,
      describe: 'Searches per second, for mappings with `match`; they count for --rate, too',
    },
    'max-errors': {
      type: 'string',
      default: '50%',
      group: STOPPING,
      describe: 'Stop when more rows than this end badly: N or N%',
    },
    'outage-budget': {
      type: 'string',
      default: '15m',
      group: STOPPING,
      describe: 'How long one outage or throttling may last',
    },
    'drain-timeout': {
      type: 'string',
      default: '8s',
      group: STOPPING,
      describe: 'Time for open requests after a signal',
    },
    'stop-after': { type: 'string', group: STOPPING, describe: 'Take no new rows after that time' },
    'run-dir': {
      alias: 'o',
      type: 'string',
      group: TELLING,
      describe: "Directory for the run's files [default: runs/<time>-<input>-<hex>]",
    },
    keep: {
      type: 'string',
      group: TELLING,
      describe:
        'Delete older finished runs of the account beside this one: 30d keeps 30 days, 20 keeps 20 runs',
    },
    json: {
      type: 'boolean',
      default: false,
      group: TELLING,
      describe: 'Print the summary as one JSON object',
    },
    progress: { type: 'boolean', group: TELLING, describe: 'Show a progress line [default: on a terminal]' },
    'log-level': {
      type: 'string',
      choices: LOG_LEVELS,
      default: 'info',
      group: TELLING,
      describe: 'What to log on stderr',
    },
    'log-format': {
      type: 'string',
      choices: ['json', 'pretty'],
      group: TELLING,
      describe: 'Form of the log [default: pretty on a terminal]',
    },
  },
  examples: [
    ['$0 run contacts.csv', 'columns are named like the fields: contact_id, name, email, ...'],
    ['$0 run crm.csv -m mapping.yaml --dry-run', 'see what would be sent'],
    ['$0 run crm.csv -m mapping.yaml --limit 10', 'try ten rows for real'],
    ['$0 run crm.csv -m mapping.yaml --continue --keep 30d', 'every night from cron'],
    ['$0 run --resume runs/latest', 'go on after a crash or a stop'],
    ['zcat crm.jsonl.gz | $0 run - --rate 50', 'read stdin, 50 requests per second'],
  ],
  async run(args, host) {
    const { run: sync } = await import('../run.ts');
    return sync(readOptions(args, host.stderr.isTTY === true), host);
  },
};

// --- internal ---

type Args = Readonly<Record<string, unknown>>;

function readOptions(args: Args, isTerminal: boolean): RunOptions {
  const text = (name: string): string | undefined => {
    const value = args[name];
    if (Array.isArray(value)) throw usage(`--${name} was given more than once`);
    if (value === '') throw usage(`--${name} needs a value`);
    return typeof value === 'string' ? value : undefined;
  };
  const given = <T>(name: string, parse: (option: string, text: string) => T): T | undefined => {
    const value = text(name);
    return value === undefined ? undefined : parse(name, value);
  };
  const need = <T>(name: string, parse: (option: string, text: string) => T): T => {
    const value = given(name, parse);
    if (value === undefined) throw usage(`--${name} needs a value`);
    return value;
  };
  const rate = need('rate', parseRate);
  const inputs = (Array.isArray(args['input']) ? args['input'] : []).map(String);
  const goesOn = [args['resume'] !== undefined, args['retry'] !== undefined, args['continue'] === true];
  if (goesOn.filter(Boolean).length > 1) throw usage('--resume, --retry and --continue exclude each other');
  if (inputs.length === 0 && !goesOn[0] && !goesOn[1]) {
    throw usage('which input? Name a CSV or JSONL file, or - for stdin.');
  }
  return {
    inputs,
    ...optional('mapping', text('mapping')),
    ...optional('runDir', text('run-dir')),
    ...optional(
      'baseUrl',
      given('base-url', (_option, value) => checkBaseUrl(value)),
    ),
    rate,
    concurrency: given('concurrency', parseConcurrency) ?? defaultConcurrency(rate),
    maxAttempts: need('max-attempts', parseCount),
    timeoutMs: need('timeout', parseTimeout),
    maxErrors: need('max-errors', parseShare),
    outageBudgetMs: need('outage-budget', parseDuration),
    drainTimeoutMs: need('drain-timeout', parseDuration),
    ...optional('stopAfterMs', given('stop-after', parseDuration)),
    ...optional(
      'format',
      FORMATS.find((format) => format === text('format')),
    ),
    ...optional('encoding', text('encoding')),
    ...optional(
      'delimiter',
      given('delimiter', (_option, value) => (value === 'tab' ? '\t' : value)),
    ),
    ...optional('minRows', given('min-rows', parseCount)),
    ...optional('limit', given('limit', parseLimit)),
    spool: args['spool'] === true,
    ...optional('resume', text('resume')),
    ...optional('retry', text('retry')),
    continue: args['continue'] === true,
    olderData: args['older-data'] === true,
    sameAccount: args['same-account'] === true,
    ...optional('keep', given('keep', parseKeep)),
    ...optional('state', text('state')),
    full: args['full'] === true,
    ...optional('maxChanges', given('max-changes', parseShare)),
    show: given('show', parseCount) ?? 0,
    searchRate: need('search-rate', parseRate),
    waitLockMs: need('wait-lock', parseDuration),
    dryRun: args['dry-run'] === true,
    json: args['json'] === true,
    progress: typeof args['progress'] === 'boolean' ? args['progress'] : isTerminal,
    logLevel: LOG_LEVELS.find((level): level is LogLevel => level === text('log-level')) ?? 'info',
    logFormat: logFormat(text('log-format'), isTerminal),
  };
}

function defaultConcurrency(rate: number): number {
  return Number.isFinite(rate) ? Math.min(512, Math.max(10, Math.ceil(rate / 2))) : 50;
}

function logFormat(chosen: string | undefined, isTerminal: boolean): 'json' | 'pretty' {
  if (chosen === 'json' || chosen === 'pretty') return chosen;
  return isTerminal ? 'pretty' : 'json';
}

function optional<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: V });
}
