import { STATUSES, type Status } from '../core/types.ts';

/** What the metrics of a run are made of. Times are Unix milliseconds. */
export interface RunMetrics {
  readonly account: string;
  /** The name of the job; runs of none go by the name of their file, so that no two files have the same samples. */
  readonly job: string;
  /** As in `1/4`; absent for a run of all rows. */
  readonly shard?: string | undefined;
  readonly toolVersion: string;
  readonly startedAt: number;
  /** Undefined while the run goes on. */
  readonly ended?: { readonly at: number; readonly exitCode: number };
  /** When a run last ended with exit code 0; undefined where none did. */
  readonly lastSuccessAt?: number | undefined;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Bad rows that the run of the job before did not have; undefined while the run goes on, or where that is not known. */
  readonly newBadRows?: number | undefined;
  readonly pending: number;
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  /** Requests per second; `allowed` is undefined where unlimited. */
  readonly rate: { readonly allowed: number | undefined; readonly achieved: number };
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

const PREFIX = 'livedesk_sync';
const LAST_SUCCESS = `${PREFIX}_last_success_timestamp_seconds`;

/**
 * The metrics as OpenMetrics text, which the textfile collector of the node exporter reads as well. All are gauges:
 * they tell of the newest run, and begin anew with the next one.
 */
export function openMetrics(run: RunMetrics): string {
  const { account, job, shard, ended, statuses, latencyMs } = run;
  const lines: string[] = [];
  const gauge = (name: string, help: string, samples: readonly Sample[]): void => {
    if (samples.length === 0) return;
    lines.push(`# TYPE ${name} gauge`, `# HELP ${name} ${help}`);
    for (const [value, labels = {}] of samples)
      lines.push(`${name}${labelText({ ...ownLabels({ account, job, shard }), ...labels })} ${value}`);
  };
  const one = (name: string, help: string, value: number | undefined): void =>
    gauge(`${PREFIX}_${name}`, help, value === undefined ? [] : [[value]]);

  gauge(`${PREFIX}_info`, 'Version of the tool.', [[1, { version: run.toolVersion }]]);
  one('running', '1 while the run goes on.', ended ? 0 : 1);
  one('start_timestamp_seconds', 'When the run began.', run.startedAt / 1000);
  one('end_timestamp_seconds', 'When the run ended.', ended && ended.at / 1000);
  one('exit_code', 'Exit code of the run.', ended?.exitCode);
  gauge(
    LAST_SUCCESS,
    'When a run last ended with exit code 0.',
    run.lastSuccessAt === undefined ? [] : [[run.lastSuccessAt / 1000]],
  );
  gauge(
    `${PREFIX}_rows`,
    'Rows by outcome.',
    STATUSES.map((status) => [statuses[status], { status }]),
  );
  one('rows_bad_new', 'Bad rows that the run before did not have.', run.newBadRows);
  one('rows_pending', 'Rows read that have no outcome.', run.pending);
  one('requests', 'HTTP requests of the run.', run.requests);
  one('retries', 'Requests beyond the first of a row.', run.retries);
  one('throttled', 'Answers that asked to slow down.', run.throttled);
  one('rate_allowed_per_second', 'Requests per second allowed.', run.rate.allowed);
  one('rate_achieved_per_second', 'Requests per second achieved.', run.rate.achieved);
  gauge(
    `${PREFIX}_latency_seconds`,
    'Time to the end of an answer, by percentile.',
    run.requests === 0
      ? []
      : ([
          [latencyMs.p50 / 1000, { percentile: '50' }],
          [latencyMs.p95 / 1000, { percentile: '95' }],
          [latencyMs.p99 / 1000, { percentile: '99' }],
          [latencyMs.max / 1000, { percentile: '100' }],
        ] as const),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}

/** Whose metrics they are. */
export type MetricLabels = Pick<RunMetrics, 'account' | 'job' | 'shard'>;

/** When such a run last succeeded, in Unix milliseconds, by the metrics that an earlier one wrote. */
export function lastSuccessIn(text: string, whose: MetricLabels): number | undefined {
  const { job: _, ...withoutJob } = ownLabels(whose);
  // versions before 0.2 named no job
  const starts = [ownLabels(whose), withoutJob].map((labels) => `${LAST_SUCCESS}${labelText(labels)} `);
  const lines = text.split('\n');
  const start = starts.find((one) => lines.some((line) => line.startsWith(one))) ?? '';
  const line = start === '' ? undefined : lines.find((one) => one.startsWith(start));
  const seconds = line === undefined ? Number.NaN : Number(line.slice(start.length));
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

// --- internal ---

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

function ownLabels({ account, job, shard }: MetricLabels): Record<string, string> {
  return { account, job, ...(shard === undefined ? {} : { shard }) };
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`,
  );
  return `{${pairs.join(',')}}`;
}
