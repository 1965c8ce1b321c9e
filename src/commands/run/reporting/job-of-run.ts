import { dirname } from 'node:path';
import { codeOf } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { type InputProfile, type JobRecordFile, openJobRecord } from '../../job-record.ts';
import type { MeasuredInput } from '../guard/check-guard.ts';
import type { Plan } from '../plan/plan.ts';
import { badRowsToKeep, type EndedRun, profileToKeep } from './known-bad-rows.ts';
import { jobOfPlan } from './notices.ts';

/** Opens what is kept of the job of a run. A dry run changes nothing of it. */
export function openJobOfRun(plan: Plan, log: Logger): JobRecordFile {
  const job = openJobRecord(dirname(plan.dir), jobOfPlan(plan), plan.options.sameAccount);
  // the journal refers to its salt
  if (!plan.options.dryRun) keep(job, {}, log);
  return job;
}

/** What the input of the last good run of the job was like. All shards of a job are compared with a run of all its rows. */
export function profileOfJob(plan: Plan, job: JobRecordFile): InputProfile | undefined {
  if (!plan.shard) return job.record.profile;
  const whole = { ...jobOfPlan(plan), shard: undefined };
  return openJobRecord(dirname(plan.dir), whole, plan.options.sameAccount).record.profile;
}

/** Keeps what the next run of the job is compared with: the bad rows, and what the input was like. */
export function noteNight(
  job: JobRecordFile,
  ended: EndedRun,
  measured: MeasuredInput | undefined,
  log: Logger,
): void {
  const bad_rows = badRowsToKeep(ended, job.record.bad_rows);
  const profile = profileToKeep(ended, measured, job.record.profile);
  if (bad_rows || profile) keep(job, { ...(bad_rows && { bad_rows }), ...(profile && { profile }) }, log);
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
