import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that only grows. Appends are synchronous, since a write to the page cache costs less than a trip through
 * the thread pool, and after one the kernel has the bytes whatever becomes of this process.
 */
export class AppendFile {
  #fd: number;
  #size: number;

  /** Opens or creates `path` with mode 0600, and follows no link there. `atMost` cuts an existing file to that many bytes. */
  constructor(path: string, atMost?: number) {
    this.#fd = openSync(path, APPEND, 0o600);
    this.#size = fstatSync(this.#fd).size;
    if (atMost !== undefined && this.#size > atMost) {
      ftruncateSync(this.#fd, atMost);
      this.#size = atMost;
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Whether the file was deleted while it is open: writes would go nowhere. */
  get isGone(): boolean {
    return fstatSync(this.#fd).nlink === 0;
  }

  /** Appends whole or not at all: what a full disk took of it is cut off again before the error is thrown. */
  append(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      try {
        ftruncateSync(this.#fd, this.#size);
      } catch {
        // readers of the file drop a torn last line
      }
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Begins anew. */
  clear(): void {
    ftruncateSync(this.#fd, 0);
    this.#size = 0;
  }

  /** Resolves when what was appended before the call would survive a power cut. */
  sync(): Promise<void> {
    return datasync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
