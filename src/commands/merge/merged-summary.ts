import { EXIT } from '../../core/errors.ts';
import { shownPath } from '../../core/shell-text.ts';
import type { Share } from '../../core/types.ts';
import { acceptBadRows } from '../../journal/accepted-bad-rows.ts';
import type { RunLine } from '../../journal/journal-lines.ts';
import type { Summary } from '../../journal/summary.ts';
import type { Tally } from '../../journal/tally.ts';
import type { HeldBackBy } from '../../telemetry/meter.ts';

export interface Merged {
  readonly header: RunLine;
  /** Absolute. */
  readonly dir: string;
  /** Of all rows. */
  readonly tally: Tally;
  readonly parts: readonly Summary[];
  readonly rejects: Summary['rejects'];
  readonly missing: Summary['rejects'];
  readonly notes: readonly string[];
  readonly next: string | undefined;
  /** Bad rows that a good job may have. */
  readonly acceptBadRows: Share;
}

/**
 * The summary of a job as if one run had done it: counts added up, from the beginning of the first shard to the end of
 * the last. Percentiles cannot be added: the highest of the shards' is given, which that of all requests never exceeds.
 */
export function mergedSummary(merged: Merged): Summary {
  const { header, tally, parts, next } = merged;
  const accepted = acceptBadRows(merged.acceptBadRows, tally, false);
  const sum = (tell: (part: Summary) => number): number =>
    parts.reduce((total, part) => total + tell(part), 0);
  const most = (tell: (part: Summary) => number): number => Math.max(...parts.map(tell));
  const ended_at =
    parts
      .map((part) => part.ended_at)
      .sort()
      .at(-1) ?? header.started_at;
  const requests = sum((part) => part.requests);
  const duration_s = (Date.parse(ended_at) - Date.parse(header.started_at)) / 1000;
  const allowed = parts.map(({ rate }) => rate.allowed);
  return {
    run_id: header.run_id,
    run_dir: shownPath(merged.dir),
    account: header.account,
    dry_run: header.dry_run,
    ...(header.job === undefined ? {} : { job: header.job }),
    started_at: header.started_at,
    ended_at,
    duration_s: Math.round(duration_s * 10) / 10,
    exit_code: tally.bad > 0 && !accepted?.met ? EXIT.rowsFailed : EXIT.ok,
    rows_read: tally.rows,
    statuses: { ...tally.statuses },
    ...(tally.reasons.size > 0 ? { skip_reasons: Object.fromEntries(tally.reasons) } : {}),
    ...(accepted ? { accept_bad_rows: accepted } : {}),
    ...newBadRows(parts),
    pending: 0,
    requests,
    retries: sum((part) => part.retries),
    throttled: sum((part) => part.throttled),
    latency_ms: {
      p50: most((part) => part.latency_ms.p50),
      p95: most((part) => part.latency_ms.p95),
      p99: most((part) => part.latency_ms.p99),
      max: most((part) => part.latency_ms.max),
    },
    rate: {
      allowed: allowed.includes(null)
        ? null
        : allowed.reduce<number>((total, rate) => total + (rate ?? 0), 0),
      achieved: Math.round((requests / Math.max(1, duration_s)) * 10) / 10,
      held_back_by: commonest(parts.map(({ rate }) => rate.held_back_by)),
    },
    not_applied: Object.fromEntries(tally.notApplied),
    changes: Object.fromEntries(tally.fields),
    conflicts: Object.fromEntries(tally.conflicts),
    ...(header.dry_run
      ? {
          forecast: {
            requests: sum((part) => part.forecast?.requests ?? 0),
            minutes: most((part) => part.forecast?.minutes ?? 0),
          },
        }
      : {}),
    dropped_fields: tally.dropped,
    causes: tally.causes(),
    rejects: merged.rejects,
    ...(merged.missing.length > 0 ? { missing: merged.missing } : {}),
    warnings: [...new Set([...parts.flatMap(({ warnings }) => warnings), ...merged.notes])],
    ...oldestPull(parts),
    ...(next === undefined ? {} : { next }),
  };
}

// --- internal ---

/** Of all shards together, where each of them knows. */
function newBadRows(parts: readonly Summary[]): Pick<Summary, 'new_bad_rows'> {
  const counts = parts.map(({ new_bad_rows: fresh }) => fresh);
  const known = counts.filter((fresh) => fresh !== undefined);
  if (known.length < counts.length) return {};
  return { new_bad_rows: known.reduce((sum, fresh) => sum + fresh, 0) };
}

/** The oldest pull by which a shard found contacts; null where one had none. */
function oldestPull(parts: readonly Summary[]): Pick<Summary, 'last_pull'> {
  const pulls = parts.flatMap(({ last_pull: pull }) => (pull === undefined ? [] : [pull]));
  if (pulls.length === 0) return {};
  return { last_pull: pulls.includes(null) ? null : (pulls.sort()[0] ?? null) };
}

function commonest(held: readonly (HeldBackBy | null)[]): HeldBackBy | null {
  const counts = new Map<HeldBackBy, number>();
  for (const one of held) if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
