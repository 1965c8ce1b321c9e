import type { Host } from '../../../core/host.ts';
import type { StopReason } from '../../../core/shutdown.ts';
import { type Leftover, nextCommand } from '../../../journal/next-command.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { OutcomeLog } from '../stages/outcome-log.ts';
import { pendingRows } from './summarise.ts';

/** By what means a run can go on, however it ends. */
export function waysOn(
  { options, reading }: Plan,
  host: Host,
): Pick<Leftover, 'isResumable' | 'env' | 'job' | 'config'> & {
  readonly isOfProgram: boolean;
  readonly olderData: boolean;
} {
  const config = options.given.flags['config'] ?? options.given.environment['config'];
  return {
    job: options.job,
    config: config === undefined ? undefined : String(config),
    isOfProgram: (host.rows !== undefined && !options.spool) || reading.mapping.ownFunction !== undefined,
    isResumable: reading.identities.every(({ sha256 }) => sha256 !== undefined),
    olderData: options.olderData,
    env: host.env,
  };
}

/** What a run leaves behind that ends at once, and the command that goes on. */
export function leftText(
  plan: Plan,
  host: Host,
  { header, tally, own }: OutcomeLog,
  counts: PipelineCounts,
  reason: StopReason | undefined,
): string {
  const pending = pendingRows(counts, own.rows);
  const next = nextCommand({
    ...waysOn(plan, host),
    header,
    dir: plan.dir,
    reason,
    pending,
    bad: tally.bad,
    rejects: [],
    isCanary: false,
  });
  const done = plural(tally.rows, 'row has an outcome', 'rows have an outcome');
  const open = plural(pending, 'row that was read has none', 'rows that were read have none');
  return `${done}, ${open} and may have been sent${next === undefined ? '' : `. Next: ${next}`}`;
}
