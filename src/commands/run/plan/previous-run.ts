import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { areSiblings } from '../../../core/shard.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { isDetected } from '../../../input/detect.ts';
import { CHOICES, type ReadingChoice, readingChoice } from '../../../input/options.ts';
import { runName } from '../../../journal/find-run.ts';
import type { InputIdentity, RunLine } from '../../../journal/journal-lines.ts';
import { hasSentOrConfirmed } from '../../../journal/list-runs.ts';
import { readDeletedFiles } from '../../../journal/personal-files.ts';
import { type Fold, foldJournal, isFinished, readJournal } from '../../../journal/read-journal.ts';
import { resumeCommand, retryCommand } from '../../../journal/run-commands.ts';
import { FILES, rejectsFile } from '../../../journal/run-directory.ts';
import { functionOf } from '../../../mapping/load/mapping-source.ts';
import type { RunOptions } from '../run-options.ts';
import { mappingHash, type ReadingOptions, type RunInputs } from './open-inputs.ts';
import type { Common } from './plan.ts';

/** How inputs and mapping of an earlier run are opened again. What is given anew must not change their meaning. */
export function earlierReading(dir: string, header: RunLine, options: RunOptions): ReadingOptions {
  const isResume = options.retry === undefined;
  if (isResume && !options.continue && options.mapping !== undefined && !functionOf(options.mapping)) {
    throw new RunError(
      'ERR_USAGE',
      `--mapping cannot change when a run is gone on with; it comes from ${runName(dir)}. Begin a new run for another.`,
    );
  }
  if (options.inputs.length > 0 && options.inputs.length !== header.inputs.length) {
    throw new RunError(
      'ERR_USAGE',
      `the run has ${header.inputs.length} inputs, but ${options.inputs.length} were named. Name none, or each where it is now.`,
    );
  }
  // a run that goes on takes its own mapping, also where the present command names the same one
  const mapping = isResume && !functionOf(options.mapping) ? undefined : options.mapping;
  return {
    inputs: header.inputs.map(
      (input, i) => options.inputs[i] ?? pathOf(input, dir, isResume ? '--resume' : '--retry'),
    ),
    mapping: mapping ?? join(dir, FILES.mapping),
    ...rememberedChoice(header),
    ...readingChoice(options),
    ...(header.parent_run?.corrected ? { each: header.inputs.map(formatOfRejects(options)) } : {}),
  };
}

/** How the rejects files of a run are opened, as they were corrected. */
export function correctedReading(dir: string, header: RunLine, options: RunOptions): ReadingOptions {
  if (options.inputs.length > 0) {
    throw new RunError(
      'ERR_USAGE',
      '--corrected reads the rejects files of the run that --retry names: name no other input',
    );
  }
  const files = header.inputs.flatMap((input, i) =>
    correctedFiles(dir, i, input.format).map((file) => ({ file, input })),
  );
  if (files.length === 0) {
    const deleted = readDeletedFiles(dir);
    throw new RunError(
      'ERR_NOTHING_TO_RETRY',
      deleted
        ? `the rejects files of ${runName(dir)} were deleted on ${deleted.at} (--keep-personal). Correct the input itself and begin a new run, or send the bad rows again as they are: ${retryCommand(dir)}`
        : `${runName(dir)} has no rejects files with rows that can be corrected`,
    );
  }
  return {
    inputs: files.map(({ file }) => shownPath(join(dir, file))),
    mapping: options.mapping ?? join(dir, FILES.mapping),
    each: files.map(({ input }) => formatOfRejects(options)(input)),
  };
}

/**
 * Rejects files are written as UTF-8 with the delimiter of their input, but a spreadsheet saves them as it likes: both are
 * detected, but for a delimiter that detection does not know, and which no spreadsheet chooses.
 */
function formatOfRejects(options: RunOptions): (input: InputIdentity) => ReadingChoice {
  return ({ format, delimiter }) => ({
    format,
    ...(delimiter === undefined || isDetected(delimiter) ? {} : { delimiter }),
    ...(format === 'csv' ? { quote: '"' } : {}),
    ...readingChoice(options),
  });
}

/** Names of the rejects files of an input: those that a resume kept aside, since they were corrected, come first. */
function correctedFiles(dir: string, input: number, format: 'csv' | 'jsonl'): string[] {
  const name = rejectsFile(input, format);
  const [stem = ''] = name.split('.');
  const kept = readdirSync(dir).filter(
    (file) => file.startsWith(`${stem}.edited-`) && file.endsWith(`.${format}`),
  );
  return [...kept.sort(), name].filter(
    (file) => (statSync(join(dir, file), { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
}

/** How the inputs of an earlier run were read. */
function rememberedChoice({ options }: RunLine): ReadingChoice {
  const remembered = CHOICES.map((name) => [
    name,
    options[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] ?? undefined,
  ]);
  return readingChoice(Object.fromEntries(remembered));
}

function pathOf({ path, sha256 }: InputIdentity, dir: string, how: '--resume' | '--retry'): string {
  if (path !== undefined && sha256 !== undefined) {
    if (existsSync(path)) return path;
    // the copy of stdin goes where its run directory goes
    const copy = join(dir, FILES.spool);
    if (basename(path) === FILES.spool && existsSync(copy)) return copy;
    const deleted = readDeletedFiles(dir);
    if (basename(path) === FILES.spool && deleted?.files.includes(FILES.spool)) {
      throw new RunError(
        'ERR_INPUT_GONE',
        `the copy of stdin that ${runName(dir)} read was deleted on ${deleted.at} (--keep-personal), so its rows cannot be read again. Pipe the input in again, as a new run.`,
      );
    }
    throw new RunError(
      'ERR_INPUT_GONE',
      `${path}, an input of ${runName(dir)}, is gone. If it was moved, name all inputs where they are now before ${how} ${runName(dir)}`,
    );
  }
  throw new RunError(
    'ERR_NOT_RESUMABLE',
    `${runName(dir)} read a pipe, of which no copy was kept (--spool keeps one). Begin a new run: patches set absolute values, so rows that are sent again do no harm.`,
  );
}

/** Refuses inputs whose content is not that of the earlier run; time stamps do not matter. */
export function requireSameContent(header: RunLine, reading: RunInputs, dir: string): void {
  for (const [i, now] of reading.identities.entries()) {
    const then = header.inputs[i];
    if (now.sha256 !== undefined && then?.sha256 === now.sha256) continue;
    const what =
      now.sha256 === undefined || then?.sha256 === undefined
        ? 'the content of a pipe cannot be compared'
        : then?.size === now.size
          ? 'its content differs'
          : `it had ${then?.size} bytes, now it has ${now.size}`;
    throw new RunError(
      'ERR_INPUT_CHANGED',
      `${now.name} is not the input of ${runName(dir)}: ${what}. Name the original file, or begin a new run with this one.`,
    );
  }
}

/** Refuses another mapping function than that of the run gone on with; documents come from its directory. */
export function requireSameFunction({ mapping_hash }: RunLine, { mapping }: RunInputs, dir: string): void {
  if (mapping.ownFunction === undefined || mappingHash(mapping) === mapping_hash) return;
  throw new RunError(
    'ERR_OTHER_MAPPING',
    `the mapping function is not that of ${runName(dir)}: its source text differs. Give the same, or begin a new run.`,
  );
}

const KEY_REFUSED = 'ERR_UNAUTHORIZED';

/** Who would send now, and where to. */
export interface Sender {
  readonly account: string;
  readonly baseUrl: string;
  /** Whether another API key of the same account is expected. */
  readonly sameAccount: boolean;
}

/**
 * Refuses to go on with a run of another account, so that staging never writes to production. The key may be another
 * one where it is said to be rotated, also when the run was last gone on with, or where the first key was refused before
 * anything was done.
 */
export async function requireAccount(header: RunLine, sender: Sender, dir: string): Promise<void> {
  const { account, baseUrl, sameAccount } = sender;
  if (header.account === account) return;
  // a rotated key leaves the address as it is
  const isSameAddress = header.base_url === baseUrl;
  if (isSameAddress && (sameAccount || (await isOpenTo(account, dir)))) return;
  throw new RunError(
    'ERR_OTHER_ACCOUNT',
    `${runName(dir)} belongs to account ${header.account} at ${header.base_url}, but the key and the base URL ${baseUrl} are account ${account}. ` +
      (isSameAddress
        ? 'If only the API key was rotated, say --same-account.'
        : `Leave out --base-url, or begin a new run there.`),
  );
}

/** Whether a run that another key began goes on with this account: it was said so before, or nothing was done yet. */
async function isOpenTo(account: string, dir: string): Promise<boolean> {
  let isRefused = false;
  let isSent = false;
  for await (const { line } of readJournal(dir)) {
    if (line.type === 'resume' && line.account === account) return true;
    // whatever has attempts was sent
    if (line.type === 'intent' || (line.type === 'row' && line.attempts !== undefined)) isSent = true;
    if (line.type === 'end') isRefused = line.summary.stopped?.code === KEY_REFUSED;
  }
  return isRefused && !isSent;
}

/** The command that does what a run left to do; undefined where it left nothing. */
export function restCommand(dir: string, run: Fold): string | undefined {
  if (!isFinished(run)) return resumeCommand(dir);
  return run.bad.size > 0 ? retryCommand(dir) : undefined;
}

/** Refuses to retry a run once more after a retry of it has delivered some of the same rows. */
export async function refuseSecondRetry(
  header: RunLine,
  { history, shard }: Pick<Common, 'history' | 'shard'>,
): Promise<void> {
  for (const run of history.runs) {
    if (areSiblings(run.header.shard, shard)) continue;
    if (run.header.dry_run || run.header.parent_run?.run_id !== header.run_id) continue;
    if (!(await hasSentOrConfirmed(run.dir))) continue;
    const rest = restCommand(run.dir, await foldJournal(run.dir));
    throw new RunError(
      'ERR_NEWER_RUN',
      `${runName(run.dir)} has retried these rows since (${run.header.started_at}), and some of them were sent or need not be any more; ` +
        `to send them all again, give --older-data. ${rest ? `To go on with what it left: ${rest}` : 'It left none of them.'}`,
    );
  }
}
