import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { runName } from '../../../journal/find-run.ts';
import {
  byAge,
  findNewerDelivery,
  isSameWork,
  listRuns,
  type Run,
  type Work,
} from '../../../journal/list-runs.ts';
import { foldJournal, isFinished, readRunLine } from '../../../journal/read-journal.ts';
import { FILES, RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { chooseState } from './choose-state.ts';
import { readHistory } from './newer-runs.ts';
import { mappingHash, type RunInputs } from './open-inputs.ts';
import type { Common, Open, PlanDraft } from './plan.ts';

/** The plan that goes on with the newest run of the same work; undefined where there is nothing to go on with. */
export async function continueUnfinished(
  newDir: string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  open: Open,
  log: Logger,
): Promise<PlanDraft | undefined> {
  const unfinished = await findUnfinished(newDir, reading, options, common, log);
  if (!unfinished) return undefined;
  const { dir, header } = unfinished;
  log.info({ run_dir: shownPath(dir) }, 'the newest run of this work is unfinished: going on with it');
  await reading.close(); // its rows are opened again by whoever reads them
  const { resumeRun } = await import('./resume.ts');
  const { dir: state, notes } = await chooseState(options, header, common.account);
  for (const note of notes) log.warn(note);
  const inputs = options.inputs.map((name) => (name === '-' ? join(dir, FILES.spool) : name));
  if (state === options.state) {
    return resumeRun(dir, { ...options, inputs }, common, open, log);
  }
  const history = await readHistory([dir, newDir], common.account, { state, dryRun: common.dryRun });
  const { state: _, ...others } = options;
  const wanted: RunOptions = { ...others, inputs, ...(state === undefined ? {} : { state }) };
  return resumeRun(dir, wanted, { ...common, history }, open, log);
}

// --- internal ---

/**
 * The newest run of the same work, if it is unfinished and no later run made it stale: of the same account, mapping,
 * content and shard, read and compared in the same way. Limit, pace and budgets do not count.
 */
async function findUnfinished(
  newDir: string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  log: Logger,
): Promise<Run | undefined> {
  const mapping_hash = mappingHash(reading.mapping);
  const work = {
    account: common.account,
    ...(options.command === undefined ? {} : { command: options.command }),
    mapping_hash,
    dry_run: common.dryRun,
    inputs: reading.identities,
    options: {
      format: options.format ?? null,
      encoding: options.encoding ?? null,
      delimiter: options.delimiter ?? null,
      quote: options.quote ?? null,
      skip_rows: options.skipRows ?? null,
      skip_footer: options.skipFooter ?? null,
      full: options.full,
      undoable: options.undoable,
    },
    ...(common.shard ? { shard: common.shard } : {}),
  } satisfies Work;
  const own = options.runDir === undefined ? undefined : await readRunLine(newDir);
  const runs = own
    ? [{ dir: newDir, header: own }]
    : await listRuns(options.runDir === undefined ? resolve(RUNS_ROOT) : dirname(newDir));
  const { account, baseUrl } = common;
  const same = runs.filter(({ header }) => {
    // a rotated key leaves the address as it is
    const isRotated = options.sameAccount && header.base_url === baseUrl;
    return isSameWork(isRotated ? { ...header, account } : header, work);
  });
  const newest = same.reduce<Run | undefined>(
    (newest, run) => (!newest || byAge(run.header, newest.header) > 0 ? run : newest),
    undefined,
  );
  if (!newest || (await isDone(newest.dir, log))) return undefined;
  // a later run with other data makes this one stale: its file is sent anew instead
  const newer = await findNewerDelivery(dirname(newest.dir), newest.header, common.account);
  return newer ? undefined : newest;
}

/** Whether nothing is left to go on with. A damaged journal must not keep every later night from its work. */
async function isDone(dir: string, log: Logger): Promise<boolean> {
  try {
    return isFinished(await foldJournal(dir));
  } catch (error) {
    log.warn(`not going on with ${runName(dir)}: ${messageOf(error)}`);
    return true;
  }
}
