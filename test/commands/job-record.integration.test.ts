import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  badRowHash,
  JOBS,
  type JobIdentity,
  jobNameOf,
  openJobRecord,
} from '../../src/commands/job-record.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const JOB: JobIdentity = { account: 'a'.repeat(16), baseUrl: 'http://127.0.0.1:1', name: 'job nightly' };
const STATUS = { severity: 'stopped', code: 'ERR_OUTAGE', since: '2026-11-22T02:00:00.000Z' } as const;
const KNOWN = { run_id: 'r', number: 3, at: '2026-11-22T02:00:00.000Z', hashes: ['0011223344556677'] };

test('what is kept of a job is read back, and no other user may read it', () => {
  const root = tempDir();
  const first = openJobRecord(root, JOB);
  first.save({ status: STATUS });
  first.save({ bad_rows: KNOWN });
  expect(openJobRecord(root, JOB).record).toEqual({
    salt: first.record.salt,
    status: STATUS,
    bad_rows: KNOWN,
  });
  expect(statSync(join(root, JOBS)).mode & 0o777).toBe(0o700);
  const [file = ''] = readdirSync(join(root, JOBS));
  expect(statSync(join(root, JOBS, file)).mode & 0o777).toBe(0o600);
});

test.each<[what: string, other: Partial<JobIdentity>]>([
  ['account', { account: 'b'.repeat(16) }],
  ['address', { baseUrl: 'http://127.0.0.1:2' }],
  ['name', { name: 'job weekly' }],
  ['shard', { shard: '1/2' }],
])('another %s is another job', (_what, other) => {
  const root = tempDir();
  openJobRecord(root, JOB).save({ status: STATUS });
  expect(openJobRecord(root, { ...JOB, ...other }).record.status).toBeUndefined();
});

test('a rotated key takes the record over where it is said to be the same account, and only there', () => {
  const root = tempDir();
  const before = openJobRecord(root, JOB);
  before.save({ bad_rows: KNOWN });
  openJobRecord(root, { ...JOB, name: 'job weekly' }).save({ status: STATUS });
  const rotated = { ...JOB, account: 'c'.repeat(16) };
  expect(openJobRecord(root, rotated).record.bad_rows).toBeUndefined();
  const taken = openJobRecord(root, rotated, true);
  // numbers of runs under two keys cannot be compared
  const record = { ...before.record, bad_rows: { ...KNOWN, number: null } };
  expect(taken.record).toEqual(record);
  taken.save({});
  expect(openJobRecord(root, rotated).record).toEqual(record);
});

test.each(['', '[', 'null', '{"version":2,"salt":"aa"}', '{"version":1,"salt":1}'])(
  'a file that holds %j is begun anew',
  (text) => {
    const root = tempDir();
    openJobRecord(root, JOB).save({ status: STATUS });
    const [file = ''] = readdirSync(join(root, JOBS));
    writeFileSync(join(root, JOBS, file), text);
    const { record } = openJobRecord(root, JOB);
    expect(Object.keys(record)).toEqual(['salt']);
  },
);

test('what is not as this version writes it is left out', () => {
  const root = tempDir();
  mkdirSync(join(root, JOBS));
  openJobRecord(root, JOB).save({});
  const [file = ''] = readdirSync(join(root, JOBS));
  const path = join(root, JOBS, file);
  const stored = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...stored, status: { state: 'ok' }, bad_rows: { hashes: [1] } }));
  expect(openJobRecord(root, JOB).record).toEqual({ salt: stored.salt });
});

test('a bad row is known by its key and cause, and only with the salt', () => {
  const hash = badRowHash('salt', 'p1@example.com', 'ERR_DATE');
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(badRowHash('salt', 'p1@example.com', 'ERR_DATE')).toBe(hash);
  for (const other of [
    ['salt', 'p2@example.com', 'ERR_DATE'],
    ['salt', 'p1@example.com', 'ERR_NUMBER'],
    ['pepper', 'p1@example.com', 'ERR_DATE'],
  ] as const) {
    expect(badRowHash(other[0], other[1], other[2])).not.toBe(hash);
  }
});

test('a job without a name goes by its mapping, and without that by what its rows are', () => {
  const given = { flags: { mapping: '/srv/m.yaml' }, environment: {} };
  const none = { flags: {}, environment: {} };
  expect(jobNameOf({ job: 'nightly', given }, 'x')).toBe('job nightly');
  expect(jobNameOf({ given }, 'x')).toBe('/srv/m.yaml');
  expect(jobNameOf({ given: { flags: {}, environment: given.flags } }, 'x')).toBe('/srv/m.yaml');
  expect(jobNameOf({ given: none }, 'x')).toBe('x');
});
