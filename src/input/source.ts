import type { BadRow, Row, Shape } from '../core/types.ts';
import type { Identity } from './bytes/byte-source.ts';

/** An open input: its header is read, its rows are not. */
export interface Source {
  readonly shape: Shape;
  /** Size and SHA-256 of the bytes as stored; regular files only. */
  readonly identity?: Identity;
  /**
   * The rows in order, in batches of what was read at once (about 64 KiB). A second call throws. The iteration throws a
   * `RunError` (exit 3) where the input breaks, after the rows before it; ends quietly when the signal aborts.
   */
  rows(): AsyncIterable<readonly (Row | BadRow)[]>;
  /** Stored bytes read so far. */
  readonly bytesRead: number;
  /** What the input was, once its rows were read to the last. */
  readonly whole: Whole | undefined;
  /** Lets go of the file, or of the pipe, whose writer then gets a broken pipe. */
  close(): Promise<void>;
}

/** What an input was from its first byte to its last. */
export interface Whole {
  /** Bad ones included. */
  readonly rows: number;
  readonly identity?: Identity;
}
