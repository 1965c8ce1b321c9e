import { STATUSES } from '../../core/types.ts';
import type { OverTime } from './report-model.ts';
import type { Slice, Timeline } from './timeline.ts';

/** The slices of a timeline as columns. The last slice is taken for as long as it was. */
export function overTime(
  slices: readonly Slice[],
  { sliceMs, lengthMs, hasPulses }: Pick<Timeline, 'sliceMs' | 'lengthMs' | 'hasPulses'>,
): OverTime {
  const of = <T>(value: (slice: Slice, seconds: number) => T): T[] =>
    slices.map((slice, i) => value(slice, Math.max(0.25, Math.min(sliceMs, lengthMs - i * sliceMs) / 1000)));
  const present = STATUSES.filter((status) => slices.some(({ statuses }) => statuses[status] > 0));
  const percentile = (share: number) => of(({ times }) => times.percentile(share));
  return {
    slice_s: sliceMs / 1000,
    at_s: slices.map((_, i) => (i * sliceMs) / 1000),
    statuses: Object.fromEntries(present.map((status) => [status, of(({ statuses }) => statuses[status])])),
    requests_per_s: of((slice, seconds) =>
      rounded((hasPulses ? slice.requests : slice.rowRequests) / seconds),
    ),
    requests_from: hasPulses ? 'pulses' : 'rows',
    retries: of((slice) => rounded(hasPulses ? slice.retries : slice.rowRetries)),
    throttled: of(({ throttled }) => rounded(throttled)),
    paused_s: of(({ pausedMs }) => rounded(pausedMs / 1000)),
    outage_s: of(({ outageMs }) => rounded(outageMs / 1000)),
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    p99_ms: percentile(0.99),
  };
}

// --- internal ---

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
