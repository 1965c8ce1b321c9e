import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LIVEDESK_URL } from '../core/base-url.ts';
import { type CommandOptions, commandText } from '../core/command-text.ts';
import type { OptionTexts } from '../core/option-sources.ts';
import { shardText } from '../core/shard.ts';
import { shownPath } from '../core/shell-text.ts';
import { runName } from './find-run.ts';
import type { ParentRun, RunLine, UndoneRun } from './journal-lines.ts';
import { FILES } from './run-directory.ts';

/** A run whose command is to be given again. */
export interface BegunRun {
  readonly header: RunLine;
  /** Absolute. */
  readonly dir: string;
  /** Whether this process was allowed to go on although a later run delivered something. */
  readonly olderData?: boolean;
  /** The environment, in which a command is pasted: what it says need not be repeated. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The command that goes on with a run. */
export function resumeCommand(dir: string, options: CommandOptions = {}): string {
  return commandText('run', [], { resume: runName(dir), ...options });
}

/** The command that sends the bad rows of a run again. */
export function retryCommand(dir: string, options: CommandOptions = {}): string {
  return commandText('run', [], { retry: runName(dir), ...options });
}

/**
 * The command that begins a run again, with the options that it was given; `changed` has those that differ, undefined for one
 * that is left out. It reads the same inputs, or of a retry the same bad rows. Inputs and mapping of a job stand in its file.
 */
export function beginCommand(
  { header, dir, env, olderData }: BegunRun,
  changed: CommandOptions = {},
): string {
  if (header.parent_run)
    return retryAgain(header, header.parent_run, dir, {
      ...(olderData ? { 'older-data': true } : {}),
      ...changed,
    });
  const flags = header.given?.flags ?? {};
  const around = header.given?.environment ?? {};
  const inputs = header.inputs.map(({ name, path }) => (path === undefined ? name : shownPath(path)));
  const url = env['LIVEDESK_BASE_URL']?.replace(/\/+$/, '') ?? LIVEDESK_URL;
  const isPipe = header.inputs.some(({ path }) => path === undefined);
  const ofFile = header.job === undefined ? { mapping: mappingPath(header, dir) } : { job: header.job };
  const { command = 'run' } = header;
  if (command === 'check') {
    const [plan] = inputs;
    return commandText('plan', [], { check: plan, job: header.job, ...withoutPlaced(flags), ...changed });
  }
  if (header.undoes) return undoCommand(header, header.undoes, changed);
  const isOfJob = header.job !== undefined && command !== 'apply';
  const isDry = header.dry_run && command !== 'plan';
  return commandText(command, isOfJob ? [] : inputs, {
    ...(command === 'apply' ? { job: header.job } : ofFile),
    ...(isPipe ? { spool: true } : {}),
    ...withoutPlaced(flags),
    ...(header.shard ? { shard: shardText(header.shard) } : {}),
    ...(header.base_url === url || header.job !== undefined ? {} : { 'base-url': header.base_url }),
    ...(isDry ? { 'dry-run': around['dry-run'] === true ? undefined : true } : {}),
    ...(env['LIVEDESK_RUN_DIR'] ? { 'run-dir': freeDirectory(dir) } : {}),
    ...changed,
  });
}

/** The command that sends what a plan says; `header` is that of the run that made the plan, or checked it. */
export function applyCommand(
  plan: string,
  header: Pick<RunLine, 'job' | 'given'> | undefined,
  options: CommandOptions = {},
): string {
  return commandText('apply', [shownPath(plan)], { ...(header ? paceOf(header) : {}), ...options });
}

/** The command that proves that a plan was carried out. */
export function checkCommand(plan: string, header: Pick<RunLine, 'job' | 'given'> | undefined): string {
  return commandText('plan', [], { check: shownPath(plan), ...(header ? paceOf(header) : {}) });
}

/** The command that reads the account of a run into the state that the run uses. */
export function pullCommand(header: RunLine, env: BegunRun['env']): string {
  const given = { ...header.given?.environment, ...header.given?.flags };
  const { state, rate, config } = header.given?.flags ?? {};
  const url = env['LIVEDESK_BASE_URL']?.replace(/\/+$/, '') ?? LIVEDESK_URL;
  return commandText('pull', [], {
    ...(header.job === undefined ? {} : { job: header.job }),
    ...(header.job === undefined || typeof config !== 'string' ? {} : { config: shownPath(config) }),
    ...(typeof state === 'string' ? { state: shownPath(state) } : {}),
    ...(rate === undefined ? {} : { rate }),
    ...(given['max-rate'] === undefined || rate === undefined ? {} : { 'max-rate': given['max-rate'] }),
    ...(header.base_url === url || header.job !== undefined ? {} : { 'base-url': header.base_url }),
  });
}

/** The file that the user gave; undefined where the environment names it. */
export function mappingPath({ given }: RunLine, dir: string): string | undefined {
  const own = given?.flags['mapping'];
  if (typeof own === 'string' && existsSync(own)) return shownPath(own);
  const isInEnvironment = typeof given?.environment['mapping'] === 'string';
  return isInEnvironment ? undefined : shownPath(join(dir, FILES.mapping));
}

// --- internal ---

/** The command that retries the same rows, with all that the retry was given beside what its run was started with. */
function retryAgain(header: RunLine, parent: ParentRun, dir: string, changed: CommandOptions): string {
  const { flags = {}, environment = {} } = header.given ?? {};
  return retryCommand(parent.dir, {
    corrected: parent.corrected,
    mapping: flags['mapping'] === undefined ? undefined : mappingPath(header, dir),
    ...withoutPlaced(flags),
    ...(header.dry_run && environment['dry-run'] !== true ? { 'dry-run': true } : {}),
    ...changed,
  });
}

/** Options of a command that have a place of their own in the journal's first line, or that `beginCommand` settles. */
const PLACED = new Set(['mapping', 'dry-run', 'spool', 'check']);
const PATHS = new Set(['state', 'metrics-file', 'config']);

/** The command that takes back the same of the same run, with the options that were given. */
function undoCommand({ given, job, dry_run }: RunLine, undone: UndoneRun, changed: CommandOptions): string {
  const { undoable: _, ...flags } = withoutPlaced(given?.flags ?? {});
  return commandText('undo', [runName(undone.dir)], {
    job,
    contact: undone.contacts,
    field: undone.fields,
    'older-data': undone.older_data,
    ...flags,
    ...(dry_run && given?.environment['dry-run'] !== true ? { 'dry-run': true } : {}),
    ...changed,
  });
}

/** The options of a plan that applying it takes over: its job, its state, and how fast it goes. */
function paceOf({ job, given }: Pick<RunLine, 'job' | 'given'>): CommandOptions {
  const { state, rate, 'max-rate': maxRate, concurrency, config } = given?.flags ?? {};
  return withoutPlaced(
    Object.fromEntries(
      Object.entries({ job, config, state, rate, 'max-rate': maxRate, concurrency }).filter(
        (entry): entry is [string, string | boolean] => entry[1] !== undefined,
      ),
    ),
  );
}

function withoutPlaced(flags: OptionTexts): OptionTexts {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([name]) => !PLACED.has(name))
      .map(([name, value]) => [
        name,
        PATHS.has(name) && typeof value === 'string' ? shownPath(value) : value,
      ]),
  );
}

/** A directory beside a run's that holds none: the environment names the one that does. */
function freeDirectory(dir: string): string {
  let number = 2;
  while (existsSync(`${dir}-${number}`)) number += 1;
  return shownPath(`${dir}-${number}`);
}
