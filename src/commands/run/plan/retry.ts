import { join } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { runName } from '../../../journal/find-run.ts';
import { foldJournal } from '../../../journal/read-journal.ts';
import { createRunDirectory, FILES } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { warnOfEditedRejects } from './edited-rejects.ts';
import { type Common, draftPlan, type Open, type PlanDraft } from './plan.ts';
import {
  correctedReading,
  earlierReading,
  refuseSecondRetry,
  requireSameContent,
  restCommand,
} from './previous-run.ts';
import { positionRows } from './row-positions.ts';
import { inShard } from './shard-filter.ts';
import { isOwnMapping } from './verify-journal.ts';

/** A new run over the bad rows of another. */
export async function retryRun(
  parentDir: string,
  newDir: string,
  options: RunOptions,
  common: Common,
  open: Open,
  log: Logger,
): Promise<PlanDraft> {
  const parent = await foldJournal(parentDir);
  const { header } = parent;
  if (parent.bad.size === 0) {
    const rest = restCommand(parentDir, parent);
    throw new RunError(
      'ERR_NOTHING_TO_RETRY',
      `${runName(parentDir)} has no bad rows; ${rest ? `to go on with it: ${rest}` : 'all of its rows are done'}`,
    );
  }
  if (!options.olderData) await refuseSecondRetry(header, common);
  const { corrected } = options;
  if (!corrected) await warnOfEditedRejects(parentDir, parent, log);
  if (options.mapping === undefined && !isOwnMapping(parentDir, header)) {
    log.warn(
      `${shownPath(join(parentDir, FILES.mapping))} was changed since that run: the retry takes it as it is now`,
    );
  }
  const wanted = (corrected ? correctedReading : earlierReading)(parentDir, header, options);
  const reading = await open(wanted);
  if (!corrected) requireSameContent(header, reading, parentDir);
  // the bad rows of a shard are its own, even where another mapping gives them other contacts
  const shard = header.shard ? undefined : common.shard;
  const claim = inShard(shard, reading, (row) =>
    corrected || parent.bad.has(row.input, row.row) ? 'ours' : 'foreign',
  );
  const positioned = await positionRows({
    reading,
    claim,
    open: () => open(wanted),
    common,
    back: { dir: parentDir, header, how: corrected ? '--retry --corrected' : '--retry' },
    olderData: options.olderData,
  });
  return {
    ...draftPlan(createRunDirectory(newDir), reading, options, common, open),
    parent: { run_id: header.run_id, dir: parentDir, ...(corrected ? { corrected } : {}) },
    answeredBefore: parent.latest,
    claim,
    ...positioned,
  };
}
