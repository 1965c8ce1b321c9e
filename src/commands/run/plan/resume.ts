import { RunError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { runName } from '../../../journal/find-run.ts';
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
      `${runName(dir)} was merged from shards, and every row has its outcome there: nothing is left to go on with. Send its bad rows again by --retry ${runName(dir)}`,
    );
  }
  if (options.dryRun && !header.dry_run) {
    throw new RunError('ERR_USAGE', `${runName(dir)} is not a dry run; leave out --dry-run to go on with it`);
  }
  const limit = options.limit ?? (options.continue ? Number.POSITIVE_INFINITY : found.limit);
  // the command of every night may have a limit of its own
  if (limit < found.limit && !options.continue) {
    throw new RunError(
      'ERR_USAGE',
      `--limit ${limit} is lower than that of ${runName(dir)}, which is ${Number.isFinite(found.limit) ? found.limit : 'all'}; leave it out, or give a higher one`,
    );
  }
  requireOwnMapping(dir, header);
  const wanted = earlierReading(dir, header, options);
  const reading = await open(wanted);
  requireSameContent(header, reading, dir);
  requireSameFunction(header, reading, dir);
  const { fold: earlier, notes } = await verifyJournal(dir, found, () => open(wanted));
  await keepEditedRejects(dir, earlier, log);
  const parent = header.parent_run;
  const parentFold = parent ? await foldJournal(parent.dir) : undefined;
  // every row of a corrected rejects file is to be sent
  const retried = parent?.corrected ? undefined : parentFold;
  // the bad rows of a shard are its own, even where another mapping gives them other contacts
  const shard = parentFold?.header.shard ? undefined : common.shard;
  const claim = inShard(shard, reading, (row): Claim => {
    if (retried && !retried.bad.has(row.input, row.row)) return 'foreign';
    return earlier.done.has(row.input, row.row) ? 'done' : 'ours';
  });
  // a run of the same work that --continue found may have been begun by hand, or by a job
  const job = options.job ?? header.job;
  const positioned = await positionRows({
    reading,
    claim,
    open: () => open(wanted),
    common,
    back: { dir, header, how: '--resume' },
    olderData: options.olderData,
  });
  return {
    ...draftPlan(dir, reading, { ...options, ...(job === undefined ? {} : { job }) }, common, open, limit),
    earlier,
    notes,
    ...(parent ? { parent } : {}),
    answeredBefore: [...(parentFold?.latest ?? []), ...earlier.latest],
    claim,
    ...positioned,
  };
}
