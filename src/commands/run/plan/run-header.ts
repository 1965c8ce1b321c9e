import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { VERSION } from '../../../core/version.ts';
import { JOURNAL_VERSION, type RunLine } from '../../../journal/journal-lines.ts';
import { mappingHash } from './open-inputs.ts';
import type { Plan } from './plan.ts';

/** The first line of the journal of a new run; `now` is Unix milliseconds. */
export function headerOf(plan: Plan, now: number): RunLine {
  const { options, reading, account, number, stateId, shard, parent } = plan;
  const { state, job } = options;
  return {
    type: 'run',
    version: JOURNAL_VERSION,
    run_id: randomUUID(),
    tool_version: VERSION,
    started_at: new Date(now).toISOString(),
    account,
    ...(number === undefined ? {} : { number, ...(stateId === undefined ? {} : { state_id: stateId }) }),
    base_url: options.baseUrl,
    inputs: reading.identities,
    mapping_hash: mappingHash(reading.mapping),
    ...(job === undefined ? {} : { job }),
    options: {
      rate: options.rate === Number.POSITIVE_INFINITY ? 'unlimited' : options.rate,
      concurrency: options.concurrency,
      max_attempts: options.maxAttempts,
      limit: Number.isFinite(options.limit) ? options.limit : 'all',
      format: options.format ?? null,
      encoding: options.encoding ?? null,
      delimiter: options.delimiter ?? null,
      full: options.full,
      ...(options.undoable ? { undoable: true } : {}),
      quote: options.quote ?? null,
      skip_rows: options.skipRows ?? null,
      skip_footer: options.skipFooter ?? null,
    },
    given: options.given,
    ...(state === undefined ? {} : { state: { dir: resolve(state) } }),
    dry_run: options.dryRun,
    ...(options.command === undefined ? {} : { command: options.command }),
    ...(options.undo ? { undoes: options.undo } : {}),
    ...(shard ? { shard } : {}),
    ...(parent ? { parent_run: parent } : {}),
  };
}
