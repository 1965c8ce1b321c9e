import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandOptions, commandText } from '../core/command-text.ts';
import { shownPath } from '../core/shell-text.ts';
import type { StopReason } from '../core/shutdown.ts';
import { runName } from './find-run.ts';
import {
  applyCommand,
  type BegunRun,
  beginCommand,
  mappingPath,
  resumeCommand,
  retryCommand,
} from './run-commands.ts';
import { FILES } from './run-directory.ts';

/** What is left to do after a run, as far as the next command depends on it. */
export interface Leftover extends BegunRun {
  readonly reason: StopReason | undefined;
  readonly pending: number;
  /** Rows that ended badly. */
  readonly bad: number;
  /** Dry run: rows that would have been sent. */
  readonly planned?: number;
  /** An undo put nothing back, since later runs sent or confirmed it. */
  readonly isKeptAsNewer?: boolean;
  /** The encoding that all bad rows look like, which were read as another one. */
  readonly likelyEncoding?: string | undefined;
  /** Names of the rejects files that hold something. */
  readonly rejects: readonly string[];
  /** Whether rows or mapping come from a program, so that no command can go on. */
  readonly isOfProgram?: boolean;
  /** Whether the inputs can be read again. */
  readonly isResumable: boolean;
  /** Whether the run ended because of its `--limit`. */
  readonly isCanary: boolean;
  /** The job that this process took the run for, and its file, where there is one. */
  readonly job?: string | undefined;
  readonly config?: string | undefined;
}

/** Reasons that lie in the input itself: going on would meet the same fault. */
export const INPUT_FAULTS: ReadonlySet<string> = new Set(['ERR_INPUT', 'ERR_INPUT_CHANGED']);
/** Reasons that lie in the mapping: a run goes on with the mapping that it began with. */
const MAPPING_FAULTS: ReadonlySet<string> = new Set(['ERR_INBOX', 'ERR_MAPPING']);

/** The command to type next, ready to be pasted, with a word of why where it needs one. Undefined if all is done. */
export function nextCommand(leftover: Leftover): string | undefined {
  if (leftover.isOfProgram) return undefined;
  const ways = leftover.reason || leftover.pending > 0 ? waysOn(leftover) : waysAfter(leftover);
  return ways.length > 0 ? ways.join(`\n${' '.repeat(9)}`) : undefined;
}

/** The command to type next after a run whose journal has no end, so that rows may be left. */
export function nextWithoutEnd({
  header,
  dir,
  env,
}: Pick<Leftover, 'header' | 'dir' | 'env'>): string | undefined {
  return nextCommand({
    header,
    dir,
    reason: undefined,
    pending: 1,
    bad: 0,
    rejects: [],
    isResumable: header.inputs.every(({ path, sha256 }) => path !== undefined && sha256 !== undefined),
    isCanary: false,
    env,
  });
}

// --- internal ---

/** Rows of a canary. */
const CANARY = 10;
/** What to do about a run that ended before its last row had an outcome. */
function waysOn(leftover: Leftover): string[] {
  const { dir, header, reason, isResumable, olderData } = leftover;
  const code = reason?.kind === 'error' ? reason.error.code : '';
  const { command } = header;
  const isPlanning = command === 'plan' || command === 'check';
  const what = isPlanning ? 'begin anew' : header.dry_run ? 'look again' : 'begin a new run';
  if (INPUT_FAULTS.has(code)) return [`correct the input and ${what}: ${beginCommand(leftover)}`];
  if (MAPPING_FAULTS.has(code)) {
    const path = header.given?.environment['mapping'] ?? mappingPath(header, dir);
    const file = shownPath(String(path));
    const again = beginCommand(leftover, header.parent_run ? { mapping: file } : {});
    return [`correct the mapping ${file} and ${what}: ${again}`];
  }
  if (code === 'ERR_MAX_CHANGES') return [`look at the changes: ${beginCommand(leftover, DRY)}`];
  if (code === 'ERR_DRIFT' && isResumable) {
    return [
      `look at the changes: ${beginCommand(leftover, { 'dry-run': true })}`,
      `or, if the input is right, send it this once: ${resumeCommand(dir, { 'accept-drift': true })}`,
    ];
  }
  if (isPlanning || !existsSync(join(dir, FILES.journal))) return [`${what}: ${beginCommand(leftover)}`];
  if (isResumable) {
    return [resumeCommand(dir, { ...jobWords(leftover), ...(olderData ? { 'older-data': true } : {}) })];
  }
  return [
    `begin a new run, since the input was a pipe of which no copy was kept: pipe it in again into ${beginCommand(leftover)}`,
  ];
}

/** What to do after a run of which every row has an outcome. */
function waysAfter(leftover: Leftover): string[] {
  const { dir, header, isCanary, isResumable } = leftover;
  if (header.command === 'plan') return waysAfterPlan(leftover);
  if (header.command === 'check') return waysAfterCheck(leftover);
  const ways = header.dry_run ? waysAfterDryRun(leftover) : waysOfBadRows(leftover);
  if (leftover.isKeptAsNewer) {
    ways.push(
      `put it back over what later runs sent or confirmed: ${beginCommand(leftover, { 'older-data': true })}`,
    );
  }
  if (isCanary && isResumable) {
    const rest = resumeCommand(dir, { ...jobWords(leftover), limit: 'all' });
    // first, since going on is refused once a retry has delivered newer data
    ways.unshift(ways.length > 0 ? `the rest of the input: ${rest}` : rest);
  }
  // neither a retry nor an undo is a shard's run: nothing of it is merged
  if (header.shard && !header.parent_run && !header.undoes && !isCanary) {
    ways.unshift(
      `once all ${header.shard.of} shards are done, join their runs: ${commandText('merge', [runName(dir)])}`,
    );
  }
  return ways;
}

function waysOfBadRows(leftover: Leftover): string[] {
  const { dir, bad, rejects, isResumable, likelyEncoding: encoding } = leftover;
  if (bad === 0) return [];
  const words = jobWords(leftover);
  const ways: string[] = [];
  const files = rejects.filter((file) => file !== FILES.unreadable);
  if (files.length > 0) {
    ways.push(`correct ${files.join(', ')} and send it: ${retryCommand(dir, { ...words, corrected: true })}`);
  }
  if (isResumable) {
    const retry = retryCommand(dir, { ...words, encoding });
    if (encoding !== undefined) ways.push(`read the bad rows as ${encoding}: ${retry}`);
    else ways.push(files.length > 0 ? `or send the bad rows again as they are: ${retry}` : retry);
  }
  if (ways.length === 0) {
    ways.push(`correct ${FILES.unreadable} by hand, or begin a new run: ${beginCommand(leftover)}`);
  }
  return ways;
}

/** A plan is looked at, and sent once it is approved. */
function waysAfterPlan(leftover: Leftover): string[] {
  const { dir, header, bad, planned = 0 } = leftover;
  const ways: string[] = [];
  const path = join(dir, FILES.plan);
  const file = shownPath(path);
  if (planned > 0 && existsSync(path)) {
    ways.push(
      `look at it: ${commandText('report', [file])}`,
      `try ${CANARY} contacts for real: ${applyCommand(path, header, { limit: CANARY })}`,
      `or send all of it: ${applyCommand(path, header)}`,
    );
  }
  if (bad > 0) ways.push(`correct the input or the mapping and plan again: ${beginCommand(leftover)}`);
  return ways;
}

/** What is not as planned yet is sent; what was changed by others needs a new plan, of the input that made this one. */
function waysAfterCheck({ header, planned = 0 }: Leftover): string[] {
  const [plan] = header.inputs;
  if (planned === 0 || plan?.path === undefined) return [];
  return [`send what is left of it: ${applyCommand(plan.path, header)}`];
}

/** Nothing was sent, so nothing need be sent again: what may follow is another look, or a few rows for real. */
function waysAfterDryRun(leftover: Leftover): string[] {
  const { header, bad, planned = 0 } = leftover;
  const { parent_run: parent } = header;
  const isInEnvironment = header.given?.environment['dry-run'] === true;
  const real = isInEnvironment ? false : undefined;
  const ways: string[] = [];
  if (bad > 0 && !parent)
    ways.push(`correct the input or the mapping and look again: ${beginCommand(leftover)}`);
  if (planned === 0) return ways;
  if (header.undoes) return [`put it back: ${beginCommand(leftover, { 'dry-run': real })}`];
  // a retry of a dry run is one, too
  const canary: CommandOptions = { 'dry-run': parent ? false : real, limit: CANARY };
  ways.push(`try ${CANARY} rows for real: ${beginCommand(leftover, canary)}`);
  return ways;
}

/**
 * How the file of the job is found by a command that goes on with the run: the run remembers it, unless this process took
 * the run for another job, or the file from another place.
 */
function jobWords({ header, job, config }: Leftover): CommandOptions {
  const { flags = {}, environment = {} } = header.given ?? {};
  if (job === undefined || (job === header.job && config === (flags['config'] ?? environment['config']))) {
    return {};
  }
  return { job, ...(config === undefined ? {} : { config: shownPath(config) }) };
}

/** A look at the changes must not be stopped by the guard against too many of them. */
const DRY: CommandOptions = { 'dry-run': true, 'max-changes': '100%' };
