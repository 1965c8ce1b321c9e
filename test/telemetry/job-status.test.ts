import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeOf, type JobChange, type JobStatus, stateAfter } from '../../src/telemetry/job-status.ts';
import { openJobStatusFile } from '../../src/telemetry/job-status-file.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test.each<[exitCode: number, code: string | undefined, state: JobStatus['state'] | undefined]>([
  [0, undefined, 'ok'],
  [1, undefined, 'failing'],
  [2, 'ERR_MAPPING', 'failing'],
  [3, 'ERR_OUTAGE', 'failing'],
  [3, 'ERR_STOP_AFTER', undefined],
  [4, 'ERR_LOCKED', 'failing'],
  [70, 'BUG', 'failing'],
  [130, 'SIGINT', undefined],
  [143, 'SIGTERM', undefined],
])('exit code %i with %s is %s', (exitCode, code, state) => {
  expect(stateAfter(exitCode, code)).toBe(state);
});

const OK: JobStatus = { state: 'ok', since: '2026-11-21T02:00:00.000Z' };
const FAILING: JobStatus = { state: 'failing', since: '2026-11-22T02:00:00.000Z' };

test.each<[before: JobStatus | undefined, state: JobStatus['state'], change: JobChange | undefined]>([
  [undefined, 'ok', undefined],
  [undefined, 'failing', 'failing'],
  [OK, 'ok', undefined],
  [OK, 'failing', 'failing'],
  [FAILING, 'failing', undefined],
  [FAILING, 'ok', 'recovered'],
])('%j, then %s: %s', (before, state, change) => {
  expect(changeOf(before, state)).toBe(change);
});

describe('the file of standings', () => {
  test('is read back', () => {
    const path = join(tempDir(), 'standings.json');
    const standings = openJobStatusFile(path);
    expect(standings.of('a')).toBeUndefined();
    standings.set('a', OK);
    standings.set('b', FAILING);
    const again = openJobStatusFile(path);
    expect([again.of('a'), again.of('b')]).toEqual([OK, FAILING]);
  });

  test.each(['', '[', 'null', '{"a":1,"b":{"state":"so-so","since":"x"},"c":{"state":"ok"}}'])(
    'that holds %j is begun anew',
    (text) => {
      const path = join(tempDir(), 'standings.json');
      writeFileSync(path, text);
      const standings = openJobStatusFile(path);
      expect(['a', 'b', 'c'].map((job) => standings.of(job))).toEqual([undefined, undefined, undefined]);
      standings.set('a', OK);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: OK });
    },
  );
});
