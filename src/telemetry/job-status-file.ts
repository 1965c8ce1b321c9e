import { readFileSync } from 'node:fs';
import { writeAtomic } from '../core/write-atomic.ts';
import type { JobStatus } from './job-status.ts';

/** How the jobs stand whose runs lie in one folder, kept in a file there. */
export interface JobStatusFile {
  of(job: string): JobStatus | undefined;
  /** Throws what the file system throws. */
  set(job: string, standing: JobStatus): void;
}

/** A file that cannot be read is started anew; at worst one change is notified twice. */
export function openJobStatusFile(path: string): JobStatusFile {
  const standings = new Map<string, JobStatus>(read(path));
  return {
    of: (job) => standings.get(job),
    set(job, standing) {
      standings.set(job, standing);
      writeAtomic(path, `${JSON.stringify(Object.fromEntries(standings), undefined, 2)}\n`);
    },
  };
}

// --- internal ---

function read(path: string): [string, JobStatus][] {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Object.entries(found as Record<string, unknown>).filter(isEntry);
  } catch {
    return [];
  }
}

function isEntry(entry: [string, unknown]): entry is [string, JobStatus] {
  const [, value] = entry;
  if (typeof value !== 'object' || value === null) return false;
  const { state, since } = value as Partial<JobStatus>;
  return (state === 'ok' || state === 'failing') && typeof since === 'string';
}
