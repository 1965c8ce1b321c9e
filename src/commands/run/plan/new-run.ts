import type { RunOptions } from '../run-options.ts';
import type { RunInputs } from './open-inputs.ts';
import { type Common, draftPlan, type Open, type PlanDraft } from './plan.ts';
import { inShard } from './shard-filter.ts';

/** A run of all rows, or of those of its shard, that no earlier run knows. */
export function newRun(
  dir: string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  open: Open,
): PlanDraft {
  return {
    ...draftPlan(dir, reading, options, common, open),
    claim: inShard(common.shard, reading, () => 'ours'),
    withoutSuperseded: (_row, patch) => patch,
  };
}
