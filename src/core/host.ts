import type { Readable, Writable } from 'node:stream';
import type { Clock } from './clock.ts';
import type { StopSignal } from './shutdown.ts';
import type { GivenRows } from './types.ts';

/** Takes the cursor of a terminal to the start of an empty line. */
export const CLEAR_LINE = '\r\u001B[K';

/** What the process lends to the program: `main.ts` hands it in, tests hand in their own. */
export interface Host {
  /** Absent where a program that uses the library lends it. */
  readonly pid?: number;
  /** Of the user; absent where the system has none. */
  readonly uid?: number | undefined;
  /** What the program runs on, e.g. `Node v24.1.0, linux x64`. */
  readonly runtime: string;
  /** Version of the time zone data; another one may read a local time as another moment. */
  readonly timeZones?: string | undefined;
  /** How this process was started: program, its flags, script. Absent where it cannot be started once more. */
  readonly self?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Rows of a program that uses the library: they are read in place of stdin. */
  readonly rows?: GivenRows;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly clock: Clock;
  /**
   * Calls `listener` at each signal that stops; returns how to stop listening. `isLast` is true for the second one, after
   * which the process ends as soon as the listener returns.
   */
  onSignal(listener: (signal: StopSignal, isLast?: boolean) => void): () => void;
  /**
   * The work is done: whatever still holds the process, it ends with `exitCode` after so many milliseconds. Absent where
   * a program that uses the library goes on.
   */
  endWithin?(ms: number, exitCode: number): void;
  /**
   * Memory counts for more than processor time from now on. Absent where the process belongs to a program that uses the
   * library.
   */
  saveMemory?(): void;
}
