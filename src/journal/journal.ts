import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppendFile } from '../core/append-file.ts';
import type { RunError } from '../core/errors.ts';
import type { RowOrigin } from '../core/position.ts';
import type { BadRow, Outcome, Patch, Row, RowError, Shape } from '../core/types.ts';
import { BAD_STATUSES } from '../core/types.ts';
import { FieldSets } from './field-sets.ts';
import { type JournalLine, type RowLine, rowLine, type SendingLine } from './journal-lines.ts';
import { LineBuffer } from './line-buffer.ts';
import { DELETED, notWritable } from './not-writable.ts';
import { rejectHeader, rejectText, unreadableText } from './reject-format.ts';
import { rowText, sendingText } from './row-text.ts';
import { FILES, missingFile, rejectsFile } from './run-directory.ts';

/** Bytes collected before it is written without waiting for the end of the event-loop turn. */
const MAX_BUFFERED = 64 * 1024;
/** What a power cut can cost at most. */
const SYNC_EVERY_MS = 200;

export interface JournalOptions {
  readonly dir: string;
  readonly runId: string;
  /** One for each input, in order. */
  readonly shapes: readonly Shape[];
  /** Called for each row line once the kernel has it: only then the row counts. */
  readonly onWritten: (line: RowLine) => void;
  /** Called once, when an outcome cannot be written: nothing more may be sent. */
  readonly onBroken: (error: RunError) => void;
  /** The run's own number; undefined where it has none. */
  readonly number?: number | undefined;
  /** Where the data of a row comes from that an earlier run had already. */
  readonly originOf?: ((row: Row) => RowOrigin | undefined) | undefined;
  /** Gives the name by which the next run recognises a bad row with its cause, and whether an earlier run had it. */
  readonly faultOf?: ((row: Row | BadRow, error: RowError) => Pick<RowLine, 'fault' | 'new'>) | undefined;
  /** Sizes to which the files of an earlier process are cut. */
  readonly cutTo?: { readonly journal: number; readonly rejects: ReadonlyMap<string, number> };
}

/**
 * The journal of a run, and its copies of rows: the bad ones in the rejects files, and those whose contact is not there
 * in the missing files. Lines of one event-loop turn are written together; a copy is written before the line that tells
 * of it.
 */
export class Journal {
  #options: JournalOptions;
  #journal: AppendFile;
  #rejects = new Map<string, { file: AppendFile; text: string; length: number }>();
  #waiting = new LineBuffer();
  #lines: RowLine[] = [];
  #sets = new FieldSets();
  #textOf = (fields: readonly string[]): string => this.#sets.textOf(fields);
  #written: Promise<void> = Promise.resolve();
  #scheduled: { resolve(): void } | undefined;
  #broken: RunError | undefined;
  #dirty = false;
  #syncing: Promise<void> | undefined;
  #timer: NodeJS.Timeout;

  constructor(options: JournalOptions) {
    this.#options = options;
    try {
      this.#journal = new AppendFile(join(options.dir, FILES.journal), options.cutTo?.journal);
      if (options.cutTo) this.#cutRejects(options.cutTo.rejects);
    } catch (cause) {
      throw notWritable(options.dir, cause, 'elsewhere');
    }
    this.#timer = setInterval(() => void this.#sync(), SYNC_EVERY_MS);
    this.#timer.unref();
  }

  /** Adds a line that is not a row's and writes it at once. */
  write(line: Exclude<JournalLine, RowLine>): void {
    this.#waiting.add(JSON.stringify(line));
    this.#flush();
    if (this.#broken) throw this.#broken;
  }

  /** Notes that a contact is about to be made for a row; resolves when that would survive a power cut. */
  async intent(row: Row, now: number): Promise<void> {
    const input = this.#options.shapes.length > 1 ? { input: row.input } : {};
    this.write({ type: 'intent', ...input, row: row.row, line: row.line, at: new Date(now).toISOString() });
    await this.#journal.sync();
  }

  /**
   * Notes that a row is about to write `fields` to the contact of a patch, or that it did not after all (undefined). Resolves when the
   * kernel has that, and all that was added before it.
   */
  sending(
    row: Row,
    { contactId, isMade }: Pick<Patch, 'contactId' | 'isMade'>,
    fields: readonly string[] | undefined,
  ): Promise<void> {
    const { shapes, number, originOf } = this.#options;
    if (number === undefined) return this.written();
    const named = fields && this.#sets.numberOf(fields);
    if (named?.added) this.#add(named.added);
    const origin = originOf?.(row);
    const line: SendingLine = {
      type: 'sending',
      ...(shapes.length > 1 ? { input: row.input } : {}),
      row: row.row,
      contact_id: contactId,
      ...(named ? { set: named.set } : {}),
      ...(isMade ? { made: true } : {}),
      ...(origin ? { position: [origin.number, origin.input, origin.row] } : {}),
    };
    this.#waiting.add(sendingText(line));
    return this.written();
  }

  /**
   * Adds the outcome of a row, and a copy of the row if it ended badly or its contact is not there. `onWritten` tells when
   * it counts; in a broken journal it never does, and the row stays pending.
   */
  row(row: Row | BadRow, outcome: Outcome, now: number): void {
    if (this.#broken) return;
    const { shapes, number, originOf, faultOf } = this.#options;
    const line: { -readonly [K in keyof RowLine]: RowLine[K] } = rowLine(row, outcome, shapes.length, now);
    const origin = 'error' in row ? undefined : originOf?.(row);
    if (origin) line.position = [origin.number, origin.input, origin.row];
    if (outcome.error && faultOf) Object.assign(line, faultOf(row, outcome.error));
    if (BAD_STATUSES.has(outcome.status) || outcome.reason === 'missing') {
      try {
        line.reject = this.#copy(row, outcome, origin);
      } catch (cause) {
        this.#break(cause);
        return;
      }
    }
    if (number !== undefined && outcome.confirms && outcome.contactId !== undefined) {
      const { set, added } = this.#sets.numberOf(outcome.confirms);
      line.set = set;
      if (added) this.#add(added);
    }
    this.#waiting.add(rowText(line, this.#textOf));
    this.#lines.push(line);
    if (this.#waiting.size >= MAX_BUFFERED) this.#flush();
  }

  /** Resolves when the kernel has every line added so far, or the journal is broken. */
  written(): Promise<void> {
    if (this.#broken || this.#waiting.size === 0) return Promise.resolve();
    if (!this.#scheduled) {
      this.#written = new Promise((resolve) => {
        this.#scheduled = { resolve };
      });
      setImmediate(() => this.#flush());
    }
    return this.#written;
  }

  /** Writes and syncs what is left, and closes the files. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#syncing?.catch(() => {}); // the call that began it has noted the failure
    await this.#sync();
    this.#journal.close();
    for (const { file } of this.#rejects.values()) file.close();
    if (this.#broken) throw this.#broken;
  }

  #add(line: JournalLine): void {
    this.#waiting.add(JSON.stringify(line));
  }

  #flush(): void {
    const scheduled = this.#scheduled;
    this.#scheduled = undefined;
    if (this.#waiting.size > 0 && !this.#broken) {
      try {
        for (const reject of this.#rejects.values()) {
          if (reject.text === '') continue;
          reject.file.append(reject.text);
          reject.text = '';
        }
        this.#journal.append(this.#waiting.bytes);
        this.#dirty = true;
        for (const line of this.#lines) this.#options.onWritten(line);
        this.#lines = [];
      } catch (cause) {
        this.#break(cause);
      }
    }
    this.#lines = [];
    this.#waiting.clear();
    scheduled?.resolve();
  }

  #break(cause: unknown): void {
    if (this.#broken) return;
    // before its first line is written there is no run to go on with
    this.#broken = notWritable(this.#options.dir, cause, this.#journal.size > 0 ? 'resume' : 'again');
    this.#options.onBroken(this.#broken);
  }

  async #sync(): Promise<void> {
    if (!this.#dirty || this.#syncing) return;
    this.#dirty = false;
    this.#syncing = (async () => {
      if (this.#journal.isGone) throw Object.assign(new Error('deleted'), { code: DELETED });
      for (const { file } of this.#rejects.values()) await file.sync();
      await this.#journal.sync();
    })();
    try {
      await this.#syncing;
    } catch (cause) {
      this.#break(cause);
    } finally {
      this.#syncing = undefined;
    }
  }

  #copy(row: Row | BadRow, outcome: Outcome, origin: RowOrigin | undefined): { file: string; end: number } {
    const { shapes, runId: run, number = 0 } = this.#options;
    const shape = shapes[row.input];
    const error = outcome.reason === 'missing' ? NO_CONTACT : outcome.error;
    if (!shape || !error) throw new Error('A bad outcome has an error and an input');
    const isUnreadable = 'error' in row;
    const fileOf = outcome.reason === 'missing' ? missingFile : rejectsFile;
    const name = isUnreadable ? FILES.unreadable : fileOf(row.input, shape.format);
    const reject = this.#rejectFile(name);
    const header = reject.length === 0 && !isUnreadable && shape.format === 'csv' ? rejectHeader(shape) : '';
    const { input, line } = row;
    const from = origin ?? { number, input, row: row.row, line, run };
    const text =
      header + (isUnreadable ? unreadableText(row) : rejectText(row, shape, outcome.status, error, from));
    reject.text += text;
    reject.length += Buffer.byteLength(text, 'utf8');
    return { file: name, end: reject.length };
  }

  /** Drops copies that no journal line tells of: in a file that the journal does not know, all of them. */
  #cutRejects(sizes: ReadonlyMap<string, number>): void {
    const { dir, shapes } = this.#options;
    const names = shapes.flatMap(({ input, format }) => [
      rejectsFile(input, format),
      missingFile(input, format),
    ]);
    for (const name of [...names, FILES.unreadable]) {
      if (existsSync(join(dir, name))) this.#rejectFile(name, sizes.get(name) ?? 0);
    }
  }

  #rejectFile(name: string, cutTo?: number): { file: AppendFile; text: string; length: number } {
    let reject = this.#rejects.get(name);
    if (!reject) {
      const file = new AppendFile(join(this.#options.dir, name), cutTo);
      reject = { file, text: '', length: file.size };
      this.#rejects.set(name, reject);
    }
    return reject;
  }
}

// --- internal ---

/** What a row says of itself in a missing file. */
const NO_CONTACT: RowError = {
  code: 'ERR_NO_MATCH',
  message: 'no contact of the account has a key of the row; skipped, since the mapping says on_missing: skip',
};
