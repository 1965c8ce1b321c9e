import { expect, test } from 'vitest';
import {
  type JobChange,
  type JobEnd,
  type JobStatus,
  jobChange,
  jobEnd,
} from '../../src/telemetry/job-status.ts';

test.each<[exitCode: number, code: string | undefined, end: JobEnd | undefined]>([
  [0, undefined, { severity: 'ok' }],
  [1, undefined, { severity: 'bad_rows' }],
  [2, 'ERR_MAPPING', { severity: 'could_not_begin', code: 'ERR_MAPPING' }],
  [3, 'ERR_OUTAGE', { severity: 'stopped', code: 'ERR_OUTAGE' }],
  [3, 'ERR_STOP_AFTER', undefined],
  [4, 'ERR_LOCKED', { severity: 'could_not_begin', code: 'ERR_LOCKED' }],
  [70, 'BUG', { severity: 'stopped', code: 'BUG' }],
  [129, 'SIGHUP', undefined],
  [130, 'SIGINT', undefined],
  [143, 'SIGTERM', undefined],
])('exit code %i with %s is %j', (exitCode, code, end) => {
  expect(jobEnd(exitCode, code)).toEqual(end);
});

const at = '2026-11-22T02:00:00.000Z';
const OK: JobStatus = { severity: 'ok', since: at };
const BAD_ROWS: JobStatus = { severity: 'bad_rows', since: at };
const STOPPED: JobStatus = { severity: 'stopped', code: 'ERR_OUTAGE', since: at };
const NOT_BEGUN: JobStatus = { severity: 'could_not_begin', code: 'ERR_MAPPING', since: at };
const DRIFTED: JobStatus = { ...STOPPED, code: 'ERR_DRIFT' };

test.each<[before: JobStatus | undefined, now: JobStatus, fresh: number, change: JobChange | undefined]>([
  [undefined, OK, 0, undefined],
  [undefined, OK, 3, 'new_bad_rows'],
  [undefined, BAD_ROWS, 3, 'failing'],
  [undefined, STOPPED, 0, 'failing'],
  [undefined, NOT_BEGUN, 0, 'failing'],
  [OK, OK, 0, undefined],
  [OK, OK, 1, 'new_bad_rows'],
  [OK, BAD_ROWS, 0, 'failing'],
  [OK, STOPPED, 0, 'failing'],
  [BAD_ROWS, BAD_ROWS, 0, undefined],
  [BAD_ROWS, BAD_ROWS, 2, 'new_bad_rows'],
  [BAD_ROWS, STOPPED, 0, 'failing'],
  [BAD_ROWS, NOT_BEGUN, 0, 'failing'],
  [BAD_ROWS, OK, 0, 'recovered'],
  [BAD_ROWS, OK, 2, 'recovered'],
  [STOPPED, STOPPED, 0, undefined],
  [STOPPED, DRIFTED, 0, 'failing'],
  [STOPPED, NOT_BEGUN, 0, 'failing'],
  [STOPPED, BAD_ROWS, 0, 'failing'],
  [STOPPED, OK, 0, 'recovered'],
  [NOT_BEGUN, NOT_BEGUN, 0, undefined],
  [NOT_BEGUN, STOPPED, 0, 'failing'],
  [NOT_BEGUN, OK, 0, 'recovered'],
])('%j, then %j with %i new bad rows: %s', (before, { since: _, ...now }, fresh, change) => {
  expect(jobChange(before, now, fresh)).toBe(change);
});
