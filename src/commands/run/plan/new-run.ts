import type { RunOptions } from '../run-options.ts';
import type { RunInputs } from './open-inputs.ts';
import { type Common, draftPlan, type Open, type PlanDraft } from './plan.ts';
import { positionRows } from './row-positions.ts';
import { inShard } from './shard-filter.ts';

/** A run of all rows, or of those of its shard, that no earlier run knows, unless they are corrected rejects. */
export async function newRun(
  makeDirectory: () => string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  open: Open,
): Promise<PlanDraft> {
  const claim = inShard(common.shard, reading, () => 'ours' as const);
  const again = () => open(reading.options);
  const { olderData } = options;
  const positioned = await positionRows({ reading, claim, open: again, common, olderData });
  return { ...draftPlan(makeDirectory(), reading, options, common, open), claim, ...positioned };
}
