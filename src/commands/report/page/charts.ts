import { durationText } from '../../../core/duration-text.ts';
import { STATUSES } from '../../../core/types.ts';
import { count, ms } from '../format.ts';
import type { Report } from '../report-model.ts';

/** A line or a layer of bars: `colour` is the name of a custom property of the page. */
export interface ChartSeries {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
}

/** A chart over the time of work, as the script of the page draws it. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What a reader who does not see the chart should know of it. */
  readonly says: string;
  readonly kind: 'stack' | 'lines';
  readonly unit: string;
  readonly isLog: boolean;
  readonly series: readonly ChartSeries[];
  /** Values that stand in the table only. */
  readonly aside?: readonly Omit<ChartSeries, 'colour'>[];
}

/** What all charts of a page share. */
export interface ChartFrame {
  readonly atS: readonly number[];
  readonly sliceS: number;
  /** Share of each slice in which everybody waited, 0 to 1. */
  readonly waits: readonly number[];
  /** Seconds of work at which a process went on. */
  readonly resumes: readonly number[];
  /** What each place is called; absent where places are times of work. */
  readonly labels?: readonly string[];
}

export function frameOf({ over_time: time, stints }: Report): ChartFrame {
  return {
    atS: time.at_s,
    sliceS: time.slice_s,
    waits: time.paused_s.map((paused, i) => Math.min(1, (paused + (time.outage_s[i] ?? 0)) / time.slice_s)),
    resumes: stints.slice(1).map(({ after_s }) => after_s),
  };
}

/** The charts that a run has something to show in. */
export function chartsOf(report: Report): Chart[] {
  const charts = [outcomes(report), rate(report), trouble(report), rowTimes(report)];
  return charts.filter((chart) => chart !== undefined);
}

// --- internal ---

function outcomes({ over_time: { statuses, slice_s }, rows }: Report): Chart | undefined {
  const series = STATUSES.flatMap((status) => {
    const values = statuses[status];
    const perSecond = values?.map((value) => Math.round((100 * value) / slice_s) / 100);
    return perSecond ? [{ label: status, colour: status, values: perSecond }] : [];
  });
  if (series.length === 0) return undefined;
  const says = `${count(rows)} rows ended as ${series.map(({ label }) => label).join(', ')}.`;
  return { id: 'outcomes', title: 'Outcomes', says, kind: 'stack', unit: 'rows/s', isLog: false, series };
}

function rate({ over_time: time, allowed, ending, stints }: Report): Chart | undefined {
  const sent = time.requests_per_s;
  if (!sent.some((value) => value > 0)) return undefined;
  const series: ChartSeries[] = [{ label: 'requests', colour: 'updated', values: sent }];
  if (typeof allowed === 'number') {
    const limit = sent.map(() => allowed);
    series.push({ label: 'limit', colour: 'limit', values: limit, dashed: true });
  }
  const limit = typeof allowed === 'number' ? ` of ${count(allowed)}/s allowed` : '';
  const whose = stints.length > 1 ? ' by the last process' : '';
  const held = ending ? `${count(ending.rate.achieved)}/s${limit} achieved${whose}. ` : '';
  const waited = sum(time.paused_s) + sum(time.outage_s);
  const wait = waited > 0 ? `Shaded: everybody waited, ${durationText(waited)} in all. ` : '';
  const source = time.requests_from === 'rows' ? 'Counted when their row ended.' : '';
  const says = `${held}${wait}${source}`.trim();
  return {
    id: 'rate',
    title: 'Rate against the limit',
    says,
    kind: 'lines',
    unit: 'requests/s',
    isLog: false,
    series,
  };
}

function trouble({ over_time: time }: Report): Chart | undefined {
  const counts: ChartSeries[] = [
    { label: 'retries', colour: 'invalid', values: time.retries },
    { label: 'throttled', colour: 'rejected', values: time.throttled },
  ];
  const series = counts.filter(({ values }) => sum(values) > 0);
  const waits = [
    { label: 'paused (s)', values: time.paused_s },
    { label: 'outage (s)', values: time.outage_s },
  ].filter(({ values }) => sum(values) > 0);
  if (series.length === 0) return undefined;
  const told = series.map(({ label, values }) => `${count(Math.round(sum(values)))} ${label}`);
  const waited = waits.map(
    ({ label, values }) => `${label.replace(' (s)', '')} ${durationText(sum(values))}`,
  );
  const says = `${[...told, ...waited].join(', ')}.`;
  return {
    id: 'trouble',
    title: 'Retries, throttling and pauses',
    says:
      time.requests_from === 'rows'
        ? `${says} This journal does not tell when requests were throttled.`
        : says,
    kind: 'stack',
    unit: `per ${durationText(time.slice_s)}`,
    isLog: false,
    series,
    ...(waits.length > 0 ? { aside: waits } : {}),
  };
}

function rowTimes({ over_time: time, row_time_ms: all }: Report): Chart | undefined {
  if (!all) return undefined;
  const series = [
    { label: 'p99', colour: 'rejected', values: time.p99_ms },
    { label: 'p95', colour: 'invalid', values: time.p95_ms },
    { label: 'p50', colour: 'updated', values: time.p50_ms },
  ];
  const says =
    `Half of the rows took ${ms(all.p50)} or less, 95 % ${ms(all.p95)}, 99 % ${ms(all.p99)}, the slowest ` +
    `${ms(all.max)}; retries and waiting included, percentiles within 5 %. The scale is logarithmic.`;
  return { id: 'times', title: 'Time per row', says, kind: 'lines', unit: 'ms', isLog: true, series };
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
