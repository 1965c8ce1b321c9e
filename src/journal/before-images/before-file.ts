import { join } from 'node:path';
import { AppendFile } from '../../core/append-file.ts';
import type { Clock } from '../../core/clock.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import { shownPath } from '../../core/shell-text.ts';
import { syncFolder } from '../../core/write-atomic.ts';
import { ChangeSeal } from '../change-line.ts';
import { DELETED, isDeleted, isDiskFull, whyNotWritable } from '../not-writable.ts';
import { FILES } from '../run-directory.ts';
import { BEFORE_VERSION, type BeforeHeader, type ImageLine } from './before-line.ts';
import type { WholeImages } from './read-before-images.ts';

/** Milliseconds from one sync to the next: under load, what comes meanwhile shares it. */
const SYNC_MS = 4;

export interface BeforeFileOptions {
  readonly dir: string;
  readonly runId: string;
  readonly account: string;
  /** What an earlier process left. */
  readonly left: WholeImages;
  readonly clock: Clock;
}

/** The before-images of a run: each is on the disk before the write that it belongs to leaves. */
export class BeforeFile {
  readonly #options: BeforeFileOptions;
  readonly #file: AppendFile;
  readonly #seal: ChangeSeal;
  #waiting: ImageLine[] = [];
  /** The sync of {@link BeforeFile.#waiting}, once an image waits; and the one that is under way. */
  #coming: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #begunAt = Number.NEGATIVE_INFINITY;
  #failure: RunError | undefined;

  /** Opens or makes the file, mode 0600. Throws `RunError` (exit 3) where it cannot be written. */
  constructor(options: BeforeFileOptions) {
    const { dir, runId: run_id, account, left } = options;
    this.#options = options;
    this.#seal = new ChangeSeal(left.sum);
    try {
      this.#file = new AppendFile(join(dir, FILES.before), left.size);
      if (left.size > 0) return;
      const header: BeforeHeader = { type: 'before', version: BEFORE_VERSION, run_id, account };
      this.#file.append(`${this.#seal.seal(header)}\n`);
      syncFolder(dir); // its name must survive a power cut, too
    } catch (cause) {
      throw notKept(dir, cause);
    }
  }

  /**
   * Keeps an image. Resolves when it would survive a power cut: only then may the write leave. Rejects with a `RunError`
   * (exit 3) where that is not possible, and so does every later call.
   */
  keep(image: ImageLine): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#waiting.push(image);
    this.#coming ??= this.#keepNext();
    return this.#coming;
  }

  async close(): Promise<void> {
    await this.#coming?.catch(() => {}); // the writes that wait for it have its failure
    await this.#running;
    this.#file.close();
  }

  // --- internal ---

  /** One sync for all images that come until it begins. */
  async #keepNext(): Promise<void> {
    const { clock } = this.#options;
    await this.#running;
    const early = this.#begunAt + SYNC_MS - clock.monotonic();
    if (early > 0) await clock.sleep(early);
    this.#begunAt = clock.monotonic();
    this.#coming = undefined;
    const images = this.#waiting;
    this.#waiting = [];
    const running = this.#append(images);
    this.#running = running.catch(() => {}); // the writes that wait for it have its failure
    await running;
  }

  async #append(images: readonly ImageLine[]): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      if (this.#file.isGone) throw Object.assign(new Error('deleted'), { code: DELETED });
      // a failure ends the file: no line follows one that was sealed and not written
      this.#file.append(images.map((image) => `${this.#seal.seal(image)}\n`).join(''));
      await this.#file.sync();
    } catch (cause) {
      this.#failure ??= cause instanceof RunError ? cause : notKept(this.#options.dir, cause);
      throw this.#failure;
    }
  }
}

// --- internal ---

function notKept(dir: string, cause: unknown): RunError {
  const why = whyNotWritable(cause);
  const advice = isDeleted(cause) ? 'bring it back' : `make ${isDiskFull(cause) ? 'room' : 'it writable'}`;
  return new RunError(
    'ERR_BEFORE_IMAGES',
    `the old values of contacts cannot be kept in ${shownPath(join(dir, FILES.before))}: ${why}. Nothing is sent that could not be taken back: ${advice} and go on with --resume`,
    { exitCode: EXIT.stopped, cause },
  );
}
