import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { OptionSources } from '../core/option-sources.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import type { JobStatus } from '../telemetry/job-status.ts';

/** What makes runs the nights of one job. */
export interface JobIdentity {
  /** The empty text where it is not known: credentials are missing, say. */
  readonly account: string;
  readonly baseUrl: string;
  /** The name of the job; of runs without one the path of the mapping, or, without that, what columns and fields there are. */
  readonly name: string;
  /** As in `1/4`; shards work side by side, and each is a job of its own. */
  readonly shard?: string | undefined;
}

/** The bad rows of the last run of a job that read its whole input. */
export interface KnownBadRows {
  readonly run_id: string;
  /** Number of the run; null where it had none. */
  readonly number: number | null;
  readonly at: string;
  /** Hashes by which the rows are known again; null: there were too many to keep. */
  readonly hashes: readonly string[] | null;
}

/** What an input was like, without values: that of the last run which read all of it and ended well. */
export interface InputProfile {
  readonly run_id: string;
  /** Number of the run; null where it had none. */
  readonly number: number | null;
  readonly at: string;
  /** Rows that are data. */
  readonly rows: number;
  readonly columns: readonly string[];
  /** Rows with a value, by the columns that the mapping reads. */
  readonly filled: Readonly<Record<string, number>>;
  /** Of JSON lines: a key may be absent from a row, and so from an input. */
  readonly may_lack_keys: boolean;
}

/** What is kept of a job from one night to the next. Free of personal data. */
export interface JobRecord {
  /** Without it the hashes say nothing; it is as old as the record. */
  readonly salt: string;
  readonly status?: JobStatus;
  readonly bad_rows?: KnownBadRows;
  readonly profile?: InputProfile;
}

/** The record of a job, in a file of its own: jobs that end at the same time do not write over each other. */
export interface JobRecordFile {
  readonly record: JobRecord;
  /** Keeps changes. Throws what the file system throws. */
  save(changes: Partial<JobRecord>): void;
}

/** The folder of the records, beside the run directories. */
export const JOBS = '.jobs';

/**
 * Opens the record of a job below `root`; nothing is written yet. One that cannot be read is begun anew: at worst a notice
 * comes twice, and bad rows that are known count as new. With `sameAccount` a job that has no record takes over that of
 * another API key.
 */
export function openJobRecord(root: string, job: JobIdentity, sameAccount = false): JobRecordFile {
  const path = join(root, JOBS, `${idOf(job)}.json`);
  const found = readRecord(path)?.record ?? (sameAccount ? recordOfOtherKey(root, job) : undefined);
  let record: JobRecord = found ?? { salt: randomBytes(16).toString('hex') };
  return {
    get record() {
      return record;
    },
    save(changes) {
      record = { ...record, ...changes };
      mkdirSync(join(root, JOBS), { recursive: true, mode: 0o700 });
      const { account, baseUrl: base_url, name, shard = null } = job;
      writeAtomic(path, `${JSON.stringify({ version: 1, account, base_url, name, shard, ...record })}\n`);
    },
  };
}

/** The name of a job: its own, else the path of its mapping, else `otherwise`. */
export function jobNameOf(
  { job, given }: { readonly job?: string; readonly given: OptionSources },
  otherwise: string,
): string {
  if (job !== undefined) return `job ${job}`;
  const mapping = given.flags['mapping'] ?? given.environment['mapping'];
  return typeof mapping === 'string' ? resolve(mapping) : otherwise;
}

/** A keyed hash of a bad row and its cause. The next run recognises the row by it; the row cannot be read from it. */
export function badRowHash(salt: string, row: string, code: string): string {
  return createHmac('sha256', salt).update(`${row}\0${code}`).digest('hex').slice(0, 16);
}

// --- internal ---

function idOf({ account, baseUrl, name, shard = '' }: JobIdentity): string {
  return createHash('sha256').update([account, baseUrl, name, shard].join('\n')).digest('hex').slice(0, 16);
}

type StoredRecord = Omit<JobIdentity, 'baseUrl'> & { readonly base_url: string; readonly record: JobRecord };

function readRecord(path: string): StoredRecord | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof found !== 'object' || found === null) return undefined;
    const { version, account, base_url, name, shard, ...record } = found as Record<string, unknown>;
    if (version !== 1 || typeof record['salt'] !== 'string') return undefined;
    const identity = { account: String(account), base_url: String(base_url), name: String(name) };
    return {
      ...identity,
      ...(typeof shard === 'string' ? { shard } : {}),
      record: { ...checked(record), salt: record['salt'] },
    };
  } catch {
    return undefined;
  }
}

/** What of a record is as this version writes it. */
function checked({ status, bad_rows: bad, profile }: Record<string, unknown>): Omit<JobRecord, 'salt'> {
  return {
    ...(isInputProfile(profile) ? { profile } : {}),
    ...(isJobStatus(status) ? { status } : {}),
    ...(isKnownBadRows(bad) ? { bad_rows: bad } : {}),
  };
}

function isJobStatus(value: unknown): value is JobStatus {
  if (typeof value !== 'object' || value === null) return false;
  const { severity, since } = value as Partial<JobStatus>;
  return typeof severity === 'string' && typeof since === 'string';
}

function isInputProfile(value: unknown): value is InputProfile {
  if (typeof value !== 'object' || value === null) return false;
  const { at, rows, columns, filled } = value as Partial<InputProfile>;
  return (
    typeof at === 'string' &&
    typeof rows === 'number' &&
    Array.isArray(columns) &&
    typeof filled === 'object' &&
    filled !== null
  );
}

function isKnownBadRows(value: unknown): value is KnownBadRows {
  if (typeof value !== 'object' || value === null || !('hashes' in value)) return false;
  return (
    value.hashes === null ||
    (Array.isArray(value.hashes) && value.hashes.every((hash) => typeof hash === 'string'))
  );
}

/** The record of the same job under an API key that was rotated since, the newest that there is. */
function recordOfOtherKey(root: string, { baseUrl, name, shard }: JobIdentity): JobRecord | undefined {
  const found = namesIn(join(root, JOBS))
    .flatMap((file) => readRecord(join(root, JOBS, file)) ?? [])
    .filter(
      (one) => one.account !== '' && one.base_url === baseUrl && one.name === name && one.shard === shard,
    );
  const newest = (one: StoredRecord): string => one.record.bad_rows?.at ?? one.record.status?.since ?? '';
  const [record] = found.sort((a, b) => newest(b).localeCompare(newest(a))).map((one) => one.record);
  // numbers of runs under two keys cannot be compared
  if (!record) return undefined;
  const { bad_rows, profile } = record;
  return {
    ...record,
    ...(bad_rows ? { bad_rows: { ...bad_rows, number: null } } : {}),
    ...(profile ? { profile: { ...profile, number: null } } : {}),
  };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
