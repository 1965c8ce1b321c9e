import type { Command } from '../commands/command.ts';
import { recallRunOptions, run } from '../commands/run/command.ts';
import { readRunOptions } from '../commands/run/read-run-options.ts';
import type { RunOptions } from '../commands/run/run-options.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { RunError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import { optionTexts } from '../core/option-sources.ts';
import type { GivenRows } from '../core/types.ts';
import type { MappingSource } from '../mapping/load/mapping-source.ts';
import { camel } from './library-words.ts';
import type { GivenOptions } from './sync-options.ts';

/** What a program asked for, checked. */
export interface ReadSyncOptions {
  readonly run: RunOptions;
  /** The same, completed by what the run remembers that is gone on with. */
  readonly recall: () => Promise<RunOptions>;
  /** What the command finds in its environment: what is secret, and no option for that. */
  readonly env: Host['env'];
  readonly rows: GivenRows | undefined;
}

/**
 * Checks the options of a program: they are read as the command line's, whose defaults and bounds they share. Throws
 * `RunError`.
 */
export function readSyncOptions(options: GivenOptions): ReadSyncOptions {
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!OWN_OPTIONS.includes(name) && !SHARED_OPTIONS.has(name)) {
      throw usage(
        `there is no option ${name}.${didYouMean(name, [...SHARED_OPTIONS.keys(), ...OWN_OPTIONS])}`,
      );
    }
  }
  const { rows, mapping, logLevel } = options;
  const args: Record<string, unknown> = { input: inputsOf(options) };
  const flags: Record<string, unknown> = {};
  for (const [name, { kebab, option }] of SHARED_OPTIONS) {
    const value = given[name] ?? undefined;
    if (value !== undefined) flags[kebab] = argOf(name, kebab, option, value);
    args[kebab] = flags[kebab] ?? option.default;
  }
  if (rows && options.spool) {
    flags['format'] = 'jsonl'; // the copy is lines of JSON
    args['format'] = 'jsonl';
  }
  if (typeof mapping === 'string') flags['mapping'] = mapping;
  // a program names the state that it wants
  if (options.state === undefined && options.resume === undefined && options.retry === undefined) {
    flags['state'] = false;
    args['state'] = false;
  }
  const sources = { flags: optionTexts(flags), environment: {} };
  const own = { logLevel: logLevel ?? 'info', ...mappingOf(mapping) } as const;
  return {
    run: { ...readRunOptions(args, false, sources), ...own },
    recall: async () => ({ ...(await recallRunOptions(sources, args['input'], false)), ...own }),
    env: envOf(options),
    rows,
  };
}

// --- internal ---

const OWN_OPTIONS = [
  'input',
  'rows',
  'mapping',
  'credentials',
  'signal',
  'onLog',
  'logLevel',
  'redisUrl',
  'notifyUrl',
];
type Options = Command['options'][string];

/** Options of the command that mean nothing without a terminal or its file of jobs, or that are read here. */
const NOT_SHARED = [
  ...['mapping', 'json', 'progress', 'show', 'log-level', 'log-format'],
  ...['job', 'all-jobs', 'config', 'parallel'],
];

/** Options of the command by their names in code. */
const SHARED_OPTIONS: ReadonlyMap<string, { readonly kebab: string; readonly option: Options }> = new Map(
  Object.entries(run.options)
    .filter(([kebab]) => !NOT_SHARED.includes(kebab))
    .map(([kebab, option]) => [camel(kebab), { kebab, option }]),
);

const DURATIONS = [
  'pull-every',
  'keep-personal',
  'timeout',
  'outage-budget',
  'drain-timeout',
  'stop-after',
  'wait-lock',
];

/** The value as the command line would have it. */
function argOf(name: string, kebab: string, option: Options, value: unknown): unknown {
  if (option.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw usage(`${name} takes true or false, not ${typeof value}`);
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw usage(`${name} takes a text or a number, not ${typeof value}`);
  }
  if (option.choices && !option.choices.includes(value)) {
    throw usage(`${name} takes ${option.choices.join(' or ')}, not ${JSON.stringify(value)}`);
  }
  if (value === Number.POSITIVE_INFINITY) return kebab === 'limit' ? 'all' : 'unlimited';
  return typeof value === 'number' && DURATIONS.includes(kebab) ? `${value}ms` : String(value);
}

function inputsOf({ input, rows, resume, retry }: GivenOptions): readonly string[] {
  const inputs = typeof input === 'string' ? [input] : (input ?? []);
  if (inputs.includes('-')) throw usage('input names files; what a program reads elsewhere it gives as rows');
  if (!rows) {
    if (inputs.length === 0 && resume === undefined && retry === undefined) {
      throw usage('which input? Name files with input, or give rows');
    }
    return inputs;
  }
  if (inputs.length > 0) throw usage('input and rows exclude each other');
  if (resume !== undefined || retry !== undefined) {
    throw usage(
      'resume and retry read what the earlier run read: files, or the copy of rows that spool kept',
    );
  }
  if (typeof rows !== 'object' || !(Symbol.asyncIterator in rows || Symbol.iterator in rows)) {
    throw usage('rows takes an iterable of objects, such as an array or a generator');
  }
  return ['-'];
}

function mappingOf(mapping: GivenOptions['mapping']): { readonly mapping: MappingSource } | undefined {
  if (mapping === undefined) return undefined;
  if (typeof mapping === 'string') return { mapping };
  if (typeof mapping === 'function') return { mapping: { map: mapping } };
  return { mapping: { document: JSON.stringify(mapping, undefined, 2) } };
}

function envOf(options: GivenOptions): Host['env'] {
  const { redisUrl, notifyUrl } = options;
  return {
    ...credentialsOf(options),
    ...(redisUrl === undefined ? {} : { LIVEDESK_REDIS_URL: String(redisUrl) }),
    ...(notifyUrl === undefined ? {} : { LIVEDESK_NOTIFY_URL: String(notifyUrl) }),
  };
}

function credentialsOf({ credentials, dryRun, resume }: GivenOptions): Host['env'] {
  // a run gone on with may be a dry one
  if (credentials === undefined && (dryRun || resume !== undefined)) return {};
  const { apiKey, apiSecret } = credentials ?? {};
  if (typeof apiKey !== 'string' || typeof apiSecret !== 'string' || !apiKey.trim() || !apiSecret.trim()) {
    throw new RunError(
      'ERR_CREDENTIALS_MISSING',
      'credentials: { apiKey, apiSecret } are missing, or one of them is empty (from LiveDesk: Project Settings, API Management)',
    );
  }
  return { LIVEDESK_API_KEY: apiKey, LIVEDESK_API_SECRET: apiSecret };
}

function usage(message: string): RunError {
  return new RunError('ERR_USAGE', message);
}
