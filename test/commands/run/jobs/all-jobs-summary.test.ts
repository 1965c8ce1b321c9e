import { expect, test } from 'vitest';
import {
  allJobsText,
  type EndedJob,
  worstExitCode,
} from '../../../../src/commands/run/jobs/all-jobs-summary.ts';
import type { StopSignal } from '../../../../src/core/shutdown.ts';
import type { Summary } from '../../../../src/journal/summary.ts';

const ended = (exit_code: number | undefined): EndedJob => ({ job: 'a', account: 'emea', exit_code });

test.each<[codes: (number | undefined)[], signal: StopSignal | undefined, worst: number]>([
  [[0, 0], undefined, 0],
  [[0, 1], undefined, 1],
  [[1, 4], undefined, 4],
  [[4, 3, 1], undefined, 3],
  [[3, 2, 0], undefined, 2],
  [[2, 70, 3], undefined, 70],
  // a process that the system ended, one that a signal reached alone, and one that could not be started
  [[0, 137], undefined, 3],
  [[0, 143], undefined, 3],
  [[0, undefined], undefined, 3],
  [[143, undefined], 'SIGTERM', 143],
  [[0, 0], 'SIGINT', 130],
  [[70, 143], 'SIGTERM', 70],
])('exit codes %o after the signal %s are %i', (codes, signal, worst) => {
  expect(worstExitCode(codes.map(ended), signal)).toBe(worst);
});

test('the summary has a line a job, and what to do about those that need it', () => {
  const summary = (part: object) =>
    ({
      rows_read: 12_345,
      pending: 0,
      duration_s: 62,
      statuses: { invalid: 0, rejected: 0, failed: 0 },
      ...part,
    }) as unknown as Summary;
  const text = allJobsText(
    'livedesk-sync.yaml',
    [
      { job: 'nightly-crm', account: 'emea', exit_code: 0, summary: summary({}) },
      {
        job: 'shop',
        account: 'emea',
        exit_code: 3,
        summary: summary({
          pending: 7,
          statuses: { invalid: 1, rejected: 2, failed: 0 },
          stopped: { code: 'ERR_OUTAGE', message: 'the API is down' },
          next: 'one: x\n         two: y',
        }),
      },
      { job: 'b2b', account: 'apac', exit_code: 2, fault: 'no such file (ERR_INPUT)' },
      { job: 'rest', account: 'apac', exit_code: undefined },
    ],
    2,
  );
  expect(text).toMatchInlineSnapshot(`
    "1 of 4 jobs of livedesk-sync.yaml ended well; exit code 2

      job          account  exit    rows  bad  pending       time
      nightly-crm  emea        0  12,345    0        0  1 min 2 s
      shop         emea        3  12,345    3        7  1 min 2 s
      b2b          apac        2       -    -        -          -
      rest         apac        -       -    -        -          -

      shop: stopped early: the API is down (ERR_OUTAGE)
      shop: next: one: x
      shop: next: two: y
      b2b: no such file (ERR_INPUT)
      rest: not begun
    "
  `);
});
