import { EXIT } from '../core/errors.ts';
import { SIGNAL_EXIT } from '../core/shutdown.ts';

/** How a job that runs again and again stands. */
export interface JobStatus {
  readonly state: 'ok' | 'failing';
  /** Since when, ISO 8601. */
  readonly since: string;
}

/** A change of the job's status that is worth a notification. */
export type JobChange = 'failing' | 'recovered';

/**
 * What an exit code says of a job; undefined where it says nothing: a run that was told to stop neither failed nor
 * did its work. `code` is that of the error that stopped it.
 */
export function stateAfter(exitCode: number, code: string | undefined): JobStatus['state'] | undefined {
  if (SIGNAL_CODES.includes(exitCode) || code === 'ERR_STOP_AFTER') return undefined;
  return exitCode === EXIT.ok ? 'ok' : 'failing';
}

const SIGNAL_CODES: readonly number[] = Object.values(SIGNAL_EXIT);

/** What to tell when a job that stood at `before` (undefined: never heard of) now is in `state`. */
export function changeOf(before: JobStatus | undefined, state: JobStatus['state']): JobChange | undefined {
  if (before?.state === state) return undefined;
  if (state === 'failing') return 'failing';
  return before ? 'recovered' : undefined;
}
