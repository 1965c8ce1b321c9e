import { RunError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { foldJournal } from '../../../journal/read-journal.ts';
import type { RunOptions } from '../run-options.ts';
import { keepEditedRejects } from './edited-rejects.ts';
import { type Claim, type Common, draftPlan, type Open, type PlanDraft } from './plan.ts';
import { earlierReading, requireSameContent, requireSameFunction } from './previous-run.ts';
import { positionRows } from './row-positions.ts';
import { inShard } from './shard-filter.ts';
import { requireOwnMapping, verifyJournal } from './verify-journal.ts';

/** Goes on with a run in place. */
export async function resumeRun(
  dir: string,
  options: RunOptions,
  common: Common,
  open: Open,
  log: Logger,
): Promise<PlanDraft> {
  const found = await foldJournal(dir);
  const { header } = found;
  if (header.shards) {
    throw new RunError(
      'ERR_USAGE',
      `${shownPath(dir)} was merged from shards, and every row has its outcome there: nothing is left to go on with. Send its bad rows again by --retry ${shownPath(dir)}`,
    );
  }
  if (options.dryRun && !header.dry_run) {
    throw new RunError(
      'ERR_USAGE',
      `${shownPath(dir)} is not a dry run; leave out --dry-run to go on with it`,
    );
  }
  const limit = options.limit ?? found.limit;
  if (limit < found.limit) {
    throw new RunError(
      'ERR_USAGE',
      `--limit ${limit} is lower than that of ${shownPath(dir)}, which is ${Number.isFinite(found.limit) ? found.limit : 'all'}; leave it out, or give a higher one`,
    );
  }
  requireOwnMapping(dir, header);
  const how = earlierReading(dir, header, options);
  const reading = await open(how);
  requireSameContent(header, reading, dir);
  requireSameFunction(header, reading, dir);
  const { fold: earlier, notes } = await verifyJournal(dir, found, () => open(how));
  await keepEditedRejects(dir, earlier, log);
  const parentFold = header.parent_run ? await foldJournal(header.parent_run.dir) : undefined;
  // the bad rows of a shard are its own, even where another mapping gives them other contacts
  const shard = parentFold?.header.shard ? undefined : common.shard;
  const claim = inShard(shard, reading, (row): Claim => {
    if (parentFold && !parentFold.bad.has(row.input, row.row)) return 'foreign';
    return earlier.done.has(row.input, row.row) ? 'done' : 'ours';
  });
  const positioned = await positionRows({
    reading,
    claim,
    open: () => open(how),
    common,
    back: { dir, header, how: '--resume' },
    olderData: options.olderData,
  });
  return {
    ...draftPlan(dir, reading, options, common, open, limit),
    earlier,
    notes,
    ...(header.parent_run ? { parent: header.parent_run } : {}),
    answeredBefore: [...(parentFold?.latest ?? []), ...earlier.latest],
    claim,
    ...positioned,
  };
}
