import { codeOf, EXIT, RunError } from '../core/errors.ts';

/** Code of the cause where the run directory was deleted while its files are open. */
export const DELETED = 'DELETED';

/** The error for a run directory that takes no more; by default of a run that may have sent something (exit 3). */
export function notWritable(dir: string, cause: unknown, exitCode: number = EXIT.stopped): RunError {
  const code = codeOf(cause);
  const [why, advice] =
    code === DELETED
      ? ['it was deleted during the run', 'Bring it back if you can; a new run sends every row again.']
      : exitCode === EXIT.usage
        ? [code, 'Choose a writable one with --run-dir.']
        : [
            code === 'ENOSPC' ? 'no space left on the device' : code,
            `What is written stays readable; mend this and go on with --resume ${dir}.`,
          ];
  return new RunError('ERR_JOURNAL', `cannot write the run directory ${dir}: ${why}. ${advice}`, {
    exitCode,
    cause,
  });
}
