import { shownText } from './shown-text.ts';
import { withoutUrlSecrets } from './url-secrets.ts';

/** Exit codes of the command. */
export const EXIT = {
  ok: 0,
  rowsFailed: 1,
  usage: 2,
  stopped: 3,
  locked: 4,
  bug: 70,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
} as const;

/**
 * A run that cannot begin or go on, for a reason the user can act on: shown without a stack.
 * A bad row is never a `RunError`; it is data and flows on.
 */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** Stable, `ERR_…`; callers match on it. */
  readonly code: string;
  /** The exit code it leads to: 2 before anything was sent, 3 afterwards, 4 for a lock. */
  readonly exitCode: number;

  /**
   * `message` says what, where, why and what to do next, and holds no value of a row. Secrets of URLs are taken out of it:
   * a URL may stand wherever a user puts a file name. What steers a terminal is written out.
   */
  constructor(code: string, message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(
      shownText(withoutUrlSecrets(message)),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.exitCode = options.exitCode ?? EXIT.usage;
  }
}

/**
 * The error that ends a run which has begun. A reason that the user can act on keeps its code and message and leads to
 * exit 3, since something may have been sent. Anything else is a bug of ours: exit 70, with the error as its cause.
 */
export function stoppingError(error: unknown): RunError {
  // what came while something was closed after a first error is its consequence
  if (error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error) {
    return stoppingError(error.suppressed);
  }
  if (!(error instanceof RunError)) {
    const message =
      'a bug of ours ended the run; its stack stands on stderr. Rows without an outcome are pending.';
    return new RunError('ERR_INTERNAL', message, { exitCode: EXIT.bug, cause: error });
  }
  if (error.exitCode !== EXIT.usage) return error;
  return new RunError(error.code, error.message, { exitCode: EXIT.stopped, cause: error });
}

/** The `code` of a system or library error, or its name, or `UNKNOWN`. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if ('name' in error && typeof error.name === 'string') return error.name;
  }
  return 'UNKNOWN';
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
