import { checkBaseUrl, LIVEDESK_URL } from '../core/base-url.ts';
import { LOG_LEVELS, type LogLevel } from '../core/log-entry.ts';
import { FORMATS } from '../core/types.ts';
import {
  parseCount,
  parseDuration,
  parseRate,
  parseRateOrAuto,
  parseTimeout,
  usage,
} from './parse-values.ts';
import { type ArgsReader, optional } from './read-args.ts';

/** Headings of the help. */
export const GROUPS = {
  reading: 'Reading:',
  sending: 'Sending:',
  goingOn: 'Going on:',
  jobs: 'Jobs:',
  changes: 'Comparing:',
  stopping: 'Stopping:',
  telling: 'Telling:',
} as const;

/** Options of more than one command: the same name, default and meaning in each. */
export const SHARED = {
  format: {
    type: 'string',
    choices: FORMATS,
    group: GROUPS.reading,
    describe: 'Format of the input [default: detected]',
  },
  encoding: {
    type: 'string',
    group: GROUPS.reading,
    describe: 'Encoding of the input, e.g. windows-1252 [default: by BOM, else utf-8]',
  },
  delimiter: {
    type: 'string',
    group: GROUPS.reading,
    describe: 'Cell separator of CSV: one character, or "tab" [default: detected]',
  },
  quote: {
    type: 'string',
    group: GROUPS.reading,
    describe:
      'Character around cells of CSV, or "none" if quotes are text [default: "; none for tabs without quoting]',
  },
  'skip-rows': {
    type: 'string',
    group: GROUPS.reading,
    describe: 'Leave out that many lines above the header',
  },
  'skip-footer': {
    type: 'string',
    group: GROUPS.reading,
    describe: 'Leave out that many rows at the end, blank ones not counted',
  },
  'wait-lock': {
    type: 'string',
    default: '0s',
    group: GROUPS.goingOn,
    describe: 'Wait that long for another run of the account to end',
  },
  'base-url': {
    type: 'string',
    group: GROUPS.sending,
    describe: `Where LiveDesk answers [default: ${LIVEDESK_URL}]`,
  },
  rate: {
    type: 'string',
    default: '10',
    group: GROUPS.sending,
    describe: 'Requests per second, retries included, "unlimited", or "auto" to find what the account allows',
  },
  'max-rate': {
    type: 'string',
    group: GROUPS.sending,
    describe: 'The most requests per second that --rate auto may find',
  },
  timeout: { type: 'string', default: '30s', group: GROUPS.sending, describe: 'Time for one attempt' },
  'outage-budget': {
    type: 'string',
    default: '15m',
    group: GROUPS.stopping,
    describe: 'How long one outage or throttling may last',
  },
  json: {
    type: 'boolean',
    default: false,
    group: GROUPS.telling,
    describe: 'Print the summary as one JSON object',
  },
  progress: {
    type: 'boolean',
    group: GROUPS.telling,
    describe: 'Show a progress line [default: on a terminal]',
  },
  'log-level': {
    type: 'string',
    choices: LOG_LEVELS,
    default: 'info',
    group: GROUPS.telling,
    describe: 'What to log on stderr',
  },
  'log-format': {
    type: 'string',
    choices: ['json', 'pretty'],
    group: GROUPS.telling,
    describe: 'Form of the log [default: pretty on a terminal]',
  },
} as const;

/** How an input is read, as far as it is not detected. */
export function readInput({ text, given }: ArgsReader) {
  return {
    ...optional(
      'format',
      FORMATS.find((format) => format === text('format')),
    ),
    ...optional('encoding', text('encoding')),
    ...optional(
      'delimiter',
      given('delimiter', (_option, value) => (value === 'tab' ? '\t' : value)),
    ),
    ...optional('quote', text('quote')),
    ...optional('skipRows', given('skip-rows', parseSkipped)),
    ...optional('skipFooter', given('skip-footer', parseSkipped)),
  };
}

/** At what rate requests are sent, where it may be found out. */
export function readRate({ given, need }: ArgsReader) {
  const rate = need('rate', parseRateOrAuto);
  const maxRate = given('max-rate', parseRate);
  if (maxRate !== undefined && rate !== 'auto') {
    throw usage(`--max-rate goes with --rate auto; --rate ${rate} is a rate already`);
  }
  return { rate, ...optional('maxRate', maxRate) };
}

/** How requests are sent, their rate apart. */
export function readSending({ given, need }: ArgsReader) {
  return {
    ...optional(
      'baseUrl',
      given('base-url', (_option, value) => checkBaseUrl(value)),
    ),
    maxAttempts: need('max-attempts', parseCount),
    timeoutMs: need('timeout', parseTimeout),
    outageBudgetMs: need('outage-budget', parseDuration),
    waitLockMs: need('wait-lock', parseDuration),
  };
}

/** How the command tells what it does. */
export function readTelling({ text, flag }: ArgsReader, isTerminal: boolean) {
  return {
    json: flag('json') ?? false,
    progress: flag('progress') ?? isTerminal,
    logLevel: LOG_LEVELS.find((level): level is LogLevel => level === text('log-level')) ?? 'info',
    logFormat: logFormat(text('log-format'), isTerminal),
  };
}

// --- internal ---

function parseSkipped(option: string, value: string): number {
  return parseCount(option, value, 0);
}

function logFormat(chosen: string | undefined, isTerminal: boolean): 'json' | 'pretty' {
  if (chosen === 'json' || chosen === 'pretty') return chosen;
  return isTerminal ? 'pretty' : 'json';
}
