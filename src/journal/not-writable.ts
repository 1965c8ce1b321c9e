import { codeOf, EXIT, RunError } from '../core/errors.ts';

/** Code of the cause where the run directory was deleted while its files are open. */
export const DELETED = 'DELETED';

/**
 * How to go on where a run directory takes no more:
 * - `resume`: the run may have sent something, and its journal says what (exit 3).
 * - `again`: nothing was sent, and there is nothing to go on with (exit 3).
 * - `elsewhere`: it could not be opened at all (exit 2).
 */
export type HowToGoOn = 'resume' | 'again' | 'elsewhere';

/** The error for a run directory that takes no more. */
export function notWritable(dir: string, cause: unknown, how: HowToGoOn = 'resume'): RunError {
  const remedy = isDiskFull(cause) ? 'Make room' : 'Make it writable';
  const advice = isDeleted(cause)
    ? 'Bring it back if you can; a new run sends every row again.'
    : {
        resume: `The outcomes in it can still be read. ${remedy}, and go on with --resume ${dir}.`,
        again: `The run sent nothing. ${remedy}, and give the same command again.`,
        elsewhere: 'Choose a writable one with --run-dir.',
      }[how];
  const why = whyNotWritable(cause);
  return new RunError('ERR_JOURNAL', `cannot write the run directory ${dir}: ${why}. ${advice}`, {
    exitCode: how === 'elsewhere' ? EXIT.usage : EXIT.stopped,
    cause,
  });
}

/** Why a file of a run directory takes no more, for a message. */
export function whyNotWritable(cause: unknown): string {
  if (isDeleted(cause)) return 'it was deleted during the run';
  return isDiskFull(cause) ? 'no space left on the device' : codeOf(cause);
}

/** Whether the directory was deleted while its files are open. */
export function isDeleted(cause: unknown): boolean {
  return codeOf(cause) === DELETED;
}

/** Whether the disk is full. */
export function isDiskFull(cause: unknown): boolean {
  return codeOf(cause) === 'ENOSPC';
}
