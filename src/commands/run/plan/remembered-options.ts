import { resolve } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import type { OptionSources, OptionTexts } from '../../../core/option-sources.ts';
import { findRunDirectory, runName } from '../../../journal/find-run.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';

/**
 * How long an option of `run` holds:
 * - `process`: for one process; a run does not remember it.
 * - `header`: its value has a place of its own in the journal's first line.
 * - `fixed`: decides what is read and sent. A resume refuses another value; a retry may have one.
 * - `kept`: remembered; only a flag changes it.
 * - `free`: remembered; a flag changes it, and so does the environment, unless a flag had set it.
 * - `whole`: as `free`, but it judges all rows of the input, so a retry, which reads some of them, leaves it out.
 */
type Memory = 'process' | 'header' | 'fixed' | 'kept' | 'free' | 'whole';

/** Every option of `run`: a run remembers what decides what is read, how, and what is written. */
export const OPTION_MEMORY = {
  mapping: 'header',
  format: 'fixed',
  encoding: 'fixed',
  delimiter: 'fixed',
  quote: 'fixed',
  'skip-rows': 'fixed',
  'skip-footer': 'fixed',
  'min-rows': 'whole',
  limit: 'header',
  shard: 'header',
  spool: 'whole',
  resume: 'process',
  retry: 'process',
  corrected: 'process',
  continue: 'process',
  'older-data': 'process',
  'same-account': 'process',
  job: 'header',
  'all-jobs': 'process',
  config: 'kept',
  parallel: 'process',
  'wait-lock': 'free',
  'base-url': 'header',
  rate: 'free',
  'max-rate': 'free',
  concurrency: 'free',
  'max-attempts': 'free',
  timeout: 'free',
  'dry-run': 'header',
  state: 'kept',
  full: 'fixed',
  'read-first': 'free',
  undoable: 'fixed',
  'pull-every': 'free',
  'max-changes': 'whole',
  show: 'process',
  'search-rate': 'free',
  'accept-bad-rows': 'free',
  'accept-drift': 'process',
  'max-errors': 'free',
  'outage-budget': 'free',
  'drain-timeout': 'free',
  // it says when the night ends in which the run began
  'stop-after': 'process',
  until: 'process',
  'run-dir': 'process',
  keep: 'free',
  'keep-personal': 'free',
  'metrics-file': 'free',
  'notify-format': 'free',
  json: 'process',
  progress: 'process',
  'log-level': 'process',
  'log-format': 'process',
} as const satisfies Readonly<Record<string, Memory>>;

/** What a run works with, by the names of its options, and what of it was given by whom. */
export interface RecalledOptions {
  /** As a command line gives them, defaults left out. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the run remembers in turn; paths are absolute. */
  readonly given: OptionSources;
}

/**
 * Completes what is given by what the run that `--resume` or `--retry` names was started with. Flags come first, then
 * the flags of that run, then the environment where it may differ, then the environment of that run. Throws
 * `ERR_USAGE` (exit 2) for a flag that would change what a resumed run reads or sends.
 */
export async function recallOptions(
  given: OptionSources,
  inputs: readonly string[],
): Promise<RecalledOptions> {
  const { flags } = given;
  const environment = MODES.some((mode) => flags[mode])
    ? without(given.environment, MODES)
    : given.environment;
  const { resume, retry } = { ...environment, ...flags };
  const name = resume ?? retry;
  if (typeof name !== 'string' || (resume !== undefined && retry !== undefined)) {
    return complete({ flags, environment }, {}, inputs);
  }
  const how = resume === undefined ? 'retry' : 'resume';
  const dir = await findRunDirectory(name);
  const { readRunLine } = await import('../../../journal/read-journal.ts');
  const header = await readRunLine(dir);
  const own = inputs.join(' ') === environment['input'] ? [] : inputs;
  const mode = { [how]: dir };
  // whatever reads the journal says what is wrong with it
  if (!header) return complete({ flags, environment }, mode, own);
  if (how === 'resume') refuseOtherContent(flags, header, dir);

  const before = rememberedBy(header);
  // rejects files are written in a form of their own, whatever the inputs were
  const isForm = (option: string): boolean => flags['corrected'] === true && FORMS.has(option);
  const isRecalled = (option: string): boolean =>
    (memoryOf(option) === 'fixed' && !isForm(option)) ||
    memoryOf(option) === 'kept' ||
    memoryOf(option) === 'free' ||
    (memoryOf(option) === 'whole' && how === 'resume');
  const recalled = {
    flags: { ...only(before.flags, isRecalled), ...flags },
    environment: {
      ...only(before.environment, isRecalled),
      ...only(environment, (option) => mayDiffer(option, header, flags)),
    },
  };
  const effective = { ...recalled.environment, ...recalled.flags };
  const isDifferentRate = effective['rate'] !== 'auto' && flags['max-rate'] === undefined;
  const stale = isDifferentRate ? ['max-rate'] : [];
  return complete(
    { flags: without(recalled.flags, stale), environment: without(recalled.environment, stale) },
    { 'dry-run': flags['dry-run'] ?? header.dry_run, ...mode },
    own,
    before,
  );
}

/** What of the given options a run remembers, by the names of options, for its journal's first line. */
export function rememberedOptions(given: OptionSources): OptionSources {
  const isRemembered = (option: string): boolean => memoryOf(option) !== 'process' && !(option in PLACED);
  return {
    flags: absolute(only(given.flags, isRemembered)),
    environment: absolute(only(given.environment, isRemembered)),
  };
}

// --- internal ---

const MODES = ['resume', 'retry', 'continue'];
const PATHS = new Set(['mapping', 'state', 'metrics-file', 'config']);
/** Options of how inputs are read. */
const FORMS = new Set(['format', 'encoding', 'delimiter', 'quote', 'skip-rows', 'skip-footer']);
/** Options of content that are given or not. */
const SWITCHES = new Set(['full', 'undoable']);
/** Options whose values the journal's first line holds elsewhere. */
const PLACED: Readonly<Record<string, true>> = { 'base-url': true, shard: true, job: true };

function memoryOf(option: string): Memory {
  return (OPTION_MEMORY as Readonly<Record<string, Memory>>)[option] ?? 'process';
}

/**
 * Whether the environment may say otherwise than the run that exists. A journal of 0.1 does not know its state. Where
 * another key is said to be a rotated one, the address that comes with it counts, so that a key of another account is
 * refused.
 */
function mayDiffer(option: string, { given }: RunLine, flags: OptionTexts): boolean {
  if (option === 'base-url') return flags['same-account'] === true;
  const memory = memoryOf(option);
  if (option === 'run-dir' || memory === 'header' || memory === 'fixed') return false;
  return memory !== 'kept' || given === undefined;
}

function complete(
  given: OptionSources,
  mode: OptionTexts,
  inputs: readonly string[],
  before: OptionSources = { flags: {}, environment: {} },
): RecalledOptions {
  const isMapping = (option: string): boolean => option === 'mapping';
  const { input: _, ...environment } = given.environment;
  return {
    args: { ...environment, ...given.flags, ...mode, input: inputs },
    // the file that the user would correct
    given: rememberedOptions({
      flags: { ...only(before.flags, isMapping), ...given.flags },
      environment: { ...only(before.environment, isMapping), ...environment },
    }),
  };
}

/** A journal of 0.1 has some options, without saying whether they were given. */
function rememberedBy({ given, options }: RunLine): OptionSources {
  if (given) return given;
  const environment: Record<string, string> = {};
  for (const name of ['format', 'encoding', 'delimiter', 'rate', 'max_attempts']) {
    const value = options[name];
    if (value !== null && value !== undefined) environment[name.replace('_', '-')] = String(value);
  }
  return { flags: {}, environment };
}

function refuseOtherContent(flags: OptionTexts, header: RunLine, dir: string): void {
  const before = rememberedBy(header);
  const known: OptionTexts = { ...before.environment, ...before.flags };
  for (const [name, value] of Object.entries(flags)) {
    const isSame = plain(value) === plain(known[name] ?? (SWITCHES.has(name) ? false : ''));
    if (memoryOf(name) === 'fixed' && !isSame) {
      throw new RunError(
        'ERR_USAGE',
        `--${name} cannot change when a run is gone on with; it comes from ${runName(dir)}. Begin a new run for another.`,
      );
    }
  }
  if (flags['dry-run'] === false && header.dry_run) {
    throw new RunError('ERR_USAGE', `${runName(dir)} is a dry run. Begin a new run to send its rows.`);
  }
}

function plain(value: string | boolean): string {
  return value === 'tab' ? '\t' : String(value);
}

function only(options: OptionTexts, isWanted: (option: string) => boolean): OptionTexts {
  return Object.fromEntries(Object.entries(options).filter(([option]) => isWanted(option)));
}

function without(options: OptionTexts, names: readonly string[]): OptionTexts {
  return only(options, (option) => !names.includes(option));
}

function absolute(options: OptionTexts): OptionTexts {
  return Object.fromEntries(
    Object.entries(options).map(([option, value]) => [
      option,
      PATHS.has(option) && typeof value === 'string' ? resolve(value) : value,
    ]),
  );
}
