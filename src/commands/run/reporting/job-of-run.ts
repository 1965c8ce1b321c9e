import { dirname } from 'node:path';
import { codeOf } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { type JobRecordFile, openJobRecord } from '../../job-record.ts';
import type { Plan } from '../plan/plan.ts';
import { badRowsToKeep, type EndedRun } from './known-bad-rows.ts';
import { jobOfPlan } from './notices.ts';

/** Opens what is kept of the job of a run. A dry run changes nothing of it. */
export function openJobOfRun(plan: Plan, log: Logger): JobRecordFile {
  const job = openJobRecord(dirname(plan.dir), jobOfPlan(plan), plan.options.sameAccount);
  // the journal refers to its salt
  if (!plan.options.dryRun) keep(job, {}, log);
  return job;
}

/** Keeps the bad rows that the next run of the job is compared with. */
export function noteBadRows(job: JobRecordFile, ended: EndedRun, log: Logger): void {
  const kept = badRowsToKeep(ended, job.record.bad_rows);
  if (kept) keep(job, { bad_rows: kept }, log);
}

// --- internal ---

function keep(job: JobRecordFile, changes: Parameters<JobRecordFile['save']>[0], log: Logger): void {
  try {
    job.save(changes);
  } catch (cause) {
    log.warn(
      `what is known of the job could not be kept beside the run directory (${codeOf(cause)}): the next run cannot tell new bad rows from known ones`,
    );
  }
}
