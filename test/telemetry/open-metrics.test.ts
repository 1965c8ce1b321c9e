import { expect, test } from 'vitest';
import { STATUSES, type Status } from '../../src/core/types.ts';
import { lastSuccessIn, openMetrics, type RunMetrics } from '../../src/telemetry/open-metrics.ts';

const NONE = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;

const GOING_ON: RunMetrics = {
  account: '0123456789abcdef',
  job: 'nightly-crm',
  toolVersion: '0.1.0',
  startedAt: Date.UTC(2026, 10, 22, 2),
  statuses: { ...NONE, updated: 80, invalid: 2 },
  pending: 3,
  requests: 84,
  retries: 4,
  throttled: 1,
  rate: { allowed: 10, achieved: 9.9 },
  latencyMs: { p50: 40, p95: 60, p99: 61.5, max: 70 },
};

test('a run that goes on', () => {
  expect(openMetrics(GOING_ON)).toMatchInlineSnapshot(`
    "# TYPE livedesk_sync_info gauge
    # HELP livedesk_sync_info Version of the tool.
    livedesk_sync_info{account="0123456789abcdef",job="nightly-crm",version="0.1.0"} 1
    # TYPE livedesk_sync_running gauge
    # HELP livedesk_sync_running 1 while the run goes on.
    livedesk_sync_running{account="0123456789abcdef",job="nightly-crm"} 1
    # TYPE livedesk_sync_start_timestamp_seconds gauge
    # HELP livedesk_sync_start_timestamp_seconds When the run began.
    livedesk_sync_start_timestamp_seconds{account="0123456789abcdef",job="nightly-crm"} 1795312800
    # TYPE livedesk_sync_rows gauge
    # HELP livedesk_sync_rows Rows by outcome.
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="updated"} 80
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="created"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="unchanged"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="skipped"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="superseded"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="planned"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="invalid"} 2
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="rejected"} 0
    livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",status="failed"} 0
    # TYPE livedesk_sync_rows_pending gauge
    # HELP livedesk_sync_rows_pending Rows read that have no outcome.
    livedesk_sync_rows_pending{account="0123456789abcdef",job="nightly-crm"} 3
    # TYPE livedesk_sync_requests gauge
    # HELP livedesk_sync_requests HTTP requests of the run.
    livedesk_sync_requests{account="0123456789abcdef",job="nightly-crm"} 84
    # TYPE livedesk_sync_retries gauge
    # HELP livedesk_sync_retries Requests beyond the first of a row.
    livedesk_sync_retries{account="0123456789abcdef",job="nightly-crm"} 4
    # TYPE livedesk_sync_throttled gauge
    # HELP livedesk_sync_throttled Answers that asked to slow down.
    livedesk_sync_throttled{account="0123456789abcdef",job="nightly-crm"} 1
    # TYPE livedesk_sync_rate_allowed_per_second gauge
    # HELP livedesk_sync_rate_allowed_per_second Requests per second allowed.
    livedesk_sync_rate_allowed_per_second{account="0123456789abcdef",job="nightly-crm"} 10
    # TYPE livedesk_sync_rate_achieved_per_second gauge
    # HELP livedesk_sync_rate_achieved_per_second Requests per second achieved.
    livedesk_sync_rate_achieved_per_second{account="0123456789abcdef",job="nightly-crm"} 9.9
    # TYPE livedesk_sync_latency_seconds gauge
    # HELP livedesk_sync_latency_seconds Time to the end of an answer, by percentile.
    livedesk_sync_latency_seconds{account="0123456789abcdef",job="nightly-crm",percentile="50"} 0.04
    livedesk_sync_latency_seconds{account="0123456789abcdef",job="nightly-crm",percentile="95"} 0.06
    livedesk_sync_latency_seconds{account="0123456789abcdef",job="nightly-crm",percentile="99"} 0.0615
    livedesk_sync_latency_seconds{account="0123456789abcdef",job="nightly-crm",percentile="100"} 0.07
    # EOF
    "
  `);
});

test('a run that ended tells when and how', () => {
  const text = openMetrics({ ...GOING_ON, ended: { at: GOING_ON.startedAt + 60_000, exitCode: 1 } });
  expect(text).toContain('livedesk_sync_running{account="0123456789abcdef",job="nightly-crm"} 0\n');
  expect(text).toContain(
    'livedesk_sync_end_timestamp_seconds{account="0123456789abcdef",job="nightly-crm"} 1795312860\n',
  );
  expect(text).toContain('livedesk_sync_exit_code{account="0123456789abcdef",job="nightly-crm"} 1\n');
  expect(text).not.toContain('last_success');
});

test('the last success is read back', () => {
  const text = openMetrics({ ...GOING_ON, lastSuccessAt: 1_795_312_860_123 });
  expect(lastSuccessIn(text, GOING_ON)).toBeCloseTo(1_795_312_860_123, 0);
  expect(lastSuccessIn(text, { ...GOING_ON, account: 'another' })).toBeUndefined();
  expect(lastSuccessIn(text, { ...GOING_ON, job: 'another' })).toBeUndefined();
  expect(lastSuccessIn('', GOING_ON)).toBeUndefined();
});

test('the last success of a version that named no job is read, too', () => {
  const old = `livedesk_sync_last_success_timestamp_seconds{account="${GOING_ON.account}"} 1795312860.123\n`;
  expect(lastSuccessIn(old, GOING_ON)).toBeCloseTo(1_795_312_860_123, 0);
  expect(lastSuccessIn(old, { ...GOING_ON, shard: '1/4' })).toBeUndefined();
});

test('files of two jobs of one account share no sample, and their words about a metric are the same', () => {
  const [one = '', two = ''] = ['nightly-crm', 'nightly-shop'].map((job) =>
    openMetrics({ ...GOING_ON, job, ended: { at: 0, exitCode: 0 }, lastSuccessAt: 0 }),
  );
  const samples = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ \S+$/, ''));
  const words = (text: string): string[] => text.split('\n').filter((line) => /^# (?:HELP|TYPE)/.test(line));
  expect(samples(one).filter((sample) => samples(two).includes(sample))).toEqual([]);
  expect(words(one)).toEqual(words(two));
});

test('a shard is told from others, and from a run of all rows', () => {
  const shard = { ...GOING_ON, shard: '1/4', lastSuccessAt: 1_795_312_860_123 };
  const text = openMetrics(shard);
  expect(text).toContain(
    'livedesk_sync_rows{account="0123456789abcdef",job="nightly-crm",shard="1/4",status="updated"}',
  );
  expect(lastSuccessIn(text, shard)).toBeCloseTo(1_795_312_860_123, 0);
  expect(lastSuccessIn(text, { ...shard, shard: '2/4' })).toBeUndefined();
  expect(lastSuccessIn(text, GOING_ON)).toBeUndefined();
});

test('a run without requests has no latency, and one without a limit no rate allowed', () => {
  const text = openMetrics({ ...GOING_ON, requests: 0, rate: { allowed: undefined, achieved: 0 } });
  expect(text).not.toContain('latency');
  expect(text).not.toContain('allowed_per_second');
});
