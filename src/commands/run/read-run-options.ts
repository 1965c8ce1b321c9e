import { commandText } from '../../core/command-text.ts';
import { NOTICE_FORMATS } from '../../core/notice-format.ts';
import type { OptionSources } from '../../core/option-sources.ts';
import {
  parseAge,
  parseConcurrency,
  parseCount,
  parseDuration,
  parseKeep,
  parseLimit,
  parseRate,
  parseShard,
  parseShare,
  parseTimeOfDay,
  usage,
} from '../parse-values.ts';
import { type ArgsReader, createArgsReader, optional } from '../read-args.ts';
import { readInput, readRate, readSending, readTelling } from '../shared-options.ts';
import { READ_FIRST, type RunOptions } from './run-options.ts';

/** Reads the options of `run` from complete texts, defaults included, and checks them; nothing is recalled. Throws `ERR_USAGE`. */
export function readRunOptions(
  args: Readonly<Record<string, unknown>>,
  isTerminal: boolean,
  sources: OptionSources = { flags: {}, environment: {} },
): RunOptions {
  const read = createArgsReader(args);
  const { text, given, need } = read;
  const writer = { ...readRate(read), ...readSending(read) };
  const inputs = (Array.isArray(args['input']) ? args['input'] : []).map(String);
  const goesOn = [args['resume'] !== undefined, args['retry'] !== undefined, args['continue'] === true];
  if (goesOn.filter(Boolean).length > 1) throw usage('--resume, --retry and --continue exclude each other');
  if (args['corrected'] === true && !goesOn[1]) {
    throw usage(
      '--corrected goes with --retry, and sends the rejects files of that run as they were corrected',
    );
  }
  if (inputs.length === 0 && !goesOn[0] && !goesOn[1]) {
    throw usage('which input? Name a CSV or JSONL file, or - for stdin.');
  }
  return {
    inputs,
    ...optional('mapping', text('mapping')),
    ...optional('runDir', text('run-dir')),
    ...optional('job', text('job')),
    ...writer,
    ...readTelling(read, isTerminal),
    concurrency: given('concurrency', parseConcurrency) ?? defaultConcurrency(writer),
    maxErrors: need('max-errors', parseShare),
    acceptDrift: args['accept-drift'] === true,
    acceptBadRows: need('accept-bad-rows', parseShare),
    drainTimeoutMs: need('drain-timeout', parseDuration),
    ...optional('stopAfterMs', given('stop-after', parseDuration)),
    ...optional('until', given('until', parseTimeOfDay)),
    ...readInput(read),
    ...optional('minRows', given('min-rows', parseCount)),
    ...optional('limit', given('limit', parseLimit)),
    ...optional('shard', given('shard', parseShard)),
    spool: args['spool'] === true,
    ...optional('resume', text('resume')),
    ...optional('retry', text('retry')),
    corrected: args['corrected'] === true,
    continue: args['continue'] === true,
    olderData: args['older-data'] === true,
    sameAccount: args['same-account'] === true,
    ...optional('metricsFile', text('metrics-file')),
    ...optional(
      'notifyFormat',
      given('notify-format', (_option, value) => NOTICE_FORMATS.find((format) => format === value)),
    ),
    ...optional('keep', given('keep', parseKeep)),
    ...optional('keepPersonalMs', given('keep-personal', parseAge)),
    ...optional('state', text('state')),
    noState: args['state'] === false,
    full: args['full'] === true,
    readFirst: READ_FIRST.find((one) => one === args['read-first']) ?? 'needed',
    undoable: args['undoable'] === true,
    ...optional('pullEveryMs', readPullEvery(read)),
    ...optional('maxChanges', given('max-changes', parseShare)),
    show: given('show', parseCount) ?? 0,
    searchRate: need('search-rate', parseRate),
    dryRun: args['dry-run'] === true,
    given: sources,
  };
}

// --- internal ---

function readPullEvery({ given, text, flag }: ArgsReader): number | undefined {
  const every = given('pull-every', parseAge);
  if (every === undefined) return undefined;
  if (text('shard') !== undefined) {
    throw usage(
      `--pull-every reads the account once, and shards work side by side: run ${commandText('pull')} before the shards instead`,
    );
  }
  if (flag('state') === false) {
    throw usage(
      '--pull-every reads the account into the state: leave out one of --pull-every and --no-state',
    );
  }
  return every;
}

/** With `auto` few requests are open at a time anyway: the rate sees to that. */
function defaultConcurrency({ rate, maxRate = 1_000 }: Pick<RunOptions, 'rate' | 'maxRate'>): number {
  const most = rate === 'auto' ? maxRate : rate;
  return Number.isFinite(most) ? Math.min(512, Math.max(10, Math.ceil(most / 2))) : 50;
}
