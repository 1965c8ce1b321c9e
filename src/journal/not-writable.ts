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
  const code = codeOf(cause);
  const why =
    code === DELETED
      ? 'it was deleted during the run'
      : code === 'ENOSPC'
        ? 'no space left on the device'
        : code;
  const advice =
    code === DELETED
      ? 'Bring it back if you can; a new run sends every row again.'
      : {
          resume: `What is written stays readable; mend this and go on with --resume ${dir}.`,
          again: 'Nothing was sent: mend this and give the same command again.',
          elsewhere: 'Choose a writable one with --run-dir.',
        }[how];
  return new RunError('ERR_JOURNAL', `cannot write the run directory ${dir}: ${why}. ${advice}`, {
    exitCode: how === 'elsewhere' ? EXIT.usage : EXIT.stopped,
    cause,
  });
}
