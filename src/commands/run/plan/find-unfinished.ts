import { dirname, resolve } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { byAge, findNewerDelivery, isSameWork, listRuns, type Run } from '../../../journal/list-runs.ts';
import { foldJournal, isFinished, readRunLine } from '../../../journal/read-journal.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { mappingHash, type RunInputs } from './open-inputs.ts';
import type { Common } from './plan.ts';

/** The newest run of the same account, mapping and content, if it is unfinished and no later run made it stale. */
export async function findUnfinished(
  newDir: string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  log: Logger,
): Promise<string | undefined> {
  const mapping_hash = mappingHash(reading.mapping);
  const work = {
    account: common.account,
    mapping_hash,
    dry_run: common.dryRun,
    inputs: reading.identities,
    ...(common.shard ? { shard: common.shard } : {}),
  } as RunLine;
  const own = options.runDir === undefined ? undefined : await readRunLine(newDir);
  const runs = own
    ? [{ dir: newDir, header: own }]
    : await listRuns(options.runDir === undefined ? resolve(RUNS_ROOT) : dirname(newDir));
  const same = runs.filter(({ header }) => isSameWork(header, work));
  const newest = same.reduce<Run | undefined>(
    (newest, run) => (!newest || byAge(run.header, newest.header) > 0 ? run : newest),
    undefined,
  );
  if (!newest || (await isDone(newest.dir, log))) return undefined;
  // a later run with other data makes this one stale: its file is sent anew instead
  const newer = await findNewerDelivery(dirname(newest.dir), newest.header, common.account);
  return newer ? undefined : newest.dir;
}

// --- internal ---

/** Whether nothing is left to go on with. A damaged journal must not keep every later night from its work. */
async function isDone(dir: string, log: Logger): Promise<boolean> {
  try {
    return isFinished(await foldJournal(dir));
  } catch (error) {
    log.warn(`not going on with ${shownPath(dir)}: ${messageOf(error)}`);
    return true;
  }
}
