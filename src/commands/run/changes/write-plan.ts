import { join } from 'node:path';
import { VERSION } from '../../../core/version.ts';
import { writeChangeFile } from '../../../journal/change-file.ts';
import { CHANGES_VERSION, type PlanHeader, type PlannedRequests } from '../../../journal/change-line.ts';
import { notWritable } from '../../../journal/not-writable.ts';
import { FILES } from '../../../journal/run-directory.ts';
import type { ListReading } from '../../../journal/summary.ts';
import type { Tally } from '../../../journal/tally.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedChanges } from './planned-changes.ts';

export interface WritePlanOptions {
  readonly plan: Plan;
  readonly planned: PlannedChanges;
  readonly tally: Tally;
  readonly hasState: boolean;
  /** Requests that were sent to make the plan. */
  readonly requests: number;
  /** How contacts were read, where that was by the list. */
  readonly reading: ListReading | undefined;
  /** Requests per second; undefined without a limit. */
  readonly allowed: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Requests that a line of a plan takes to be applied: its contact is read, and written. */
export const REQUESTS_A_LINE = 2;

/** Writes `plan.jsonl` into the run directory of a plan; gives how many contacts it changes. */
export function writePlan(options: WritePlanOptions): number {
  const { plan, planned, tally, allowed } = options;
  const { account, dir, reading } = plan;
  const fields = new Map<string, number>();
  let contacts = 0;
  for (const line of planned.lines()) {
    contacts += 1;
    for (const path of Object.keys(line.fields)) fields.set(path, (fields.get(path) ?? 0) + 1);
  }
  const counted = Object.entries(tally.statuses).filter(([, rows]) => rows > 0);
  const { additionalAttributes } = reading.mapping;
  const taking = (requests: number): PlannedRequests => ({ requests, minutes: minutesOf(requests, allowed) });
  const header: PlanHeader = {
    changes: 'apply',
    version: CHANGES_VERSION,
    tool_version: VERSION,
    created_at: new Date(options.now).toISOString(),
    account,
    base_url: plan.options.baseUrl,
    mapping_hash: mappingHash(reading.mapping),
    ...(additionalAttributes && { additional_attributes: additionalAttributes }),
    contacts,
    inputs: reading.identities.map(({ name, size, sha256 }) => ({
      name,
      ...(size === undefined ? {} : { size }),
      ...(sha256 === undefined ? {} : { sha256 }),
    })),
    compared_with: options.hasState && !plan.options.full ? 'state' : 'contacts',
    rows: Object.fromEntries(counted),
    fields: Object.fromEntries([...fields].sort((a, b) => b[1] - a[1])),
    requests: {
      rate: allowed ?? null,
      plan: { ...taking(options.requests), ...options.reading },
      apply: taking(contacts * REQUESTS_A_LINE),
    },
  };
  try {
    writeChangeFile(join(dir, FILES.plan), header, planned.lines());
  } catch (cause) {
    throw notWritable(dir, cause, 'again');
  }
  return contacts;
}

// --- internal ---

/** To a tenth. */
function minutesOf(requests: number, rate: number | undefined): number {
  return rate === undefined ? 0 : Math.round((requests / rate / 60) * 10) / 10;
}
