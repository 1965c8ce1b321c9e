import { EXIT } from '../core/errors.ts';
import { SIGNAL_EXIT } from '../core/shutdown.ts';

/** How badly a job that runs again and again stands. */
export type Severity = 'ok' | 'bad_rows' | 'stopped' | 'could_not_begin';

/** How a job stands since its last run that says something of it. */
export interface JobStatus {
  readonly severity: Severity;
  /** Of the error that stopped it, or kept it from beginning. */
  readonly code?: string;
  /** Since when, ISO 8601. */
  readonly since: string;
}

/** What a run says of its job. */
export type JobEnd = Omit<JobStatus, 'since'>;

/** A change that is worth a notice. */
export type JobChange = 'failing' | 'new_bad_rows' | 'recovered';

/**
 * What an exit code says of a job; undefined where it says nothing: a run that was told to stop neither failed nor did its
 * work. `code` is that of the error that ended it.
 */
export function jobEnd(exitCode: number, code: string | undefined): JobEnd | undefined {
  if (SIGNAL_CODES.includes(exitCode) || code === 'ERR_STOP_AFTER') return undefined;
  if (exitCode === EXIT.ok) return { severity: 'ok' };
  if (exitCode === EXIT.rowsFailed) return { severity: 'bad_rows' };
  const severity = NOT_BEGUN.includes(exitCode) ? 'could_not_begin' : 'stopped';
  return { severity, ...(code === undefined ? {} : { code }) };
}

/**
 * What is news of a job that stood at `before` (undefined: never heard of) and now is at `now`: that it stands otherwise,
 * for the better or the worse, or for another reason; or that it has bad rows that its run before did not have.
 */
export function jobChange(
  before: JobStatus | undefined,
  now: JobEnd,
  newBadRows: number,
): JobChange | undefined {
  const was: JobEnd = before ?? { severity: 'ok' };
  if (now.severity === 'ok' && was.severity !== 'ok') return 'recovered';
  if (now.severity !== was.severity || now.code !== was.code) return 'failing';
  return newBadRows > 0 ? 'new_bad_rows' : undefined;
}

// --- internal ---

const NOT_BEGUN: readonly number[] = [EXIT.usage, EXIT.locked];
const SIGNAL_CODES: readonly number[] = Object.values(SIGNAL_EXIT);
