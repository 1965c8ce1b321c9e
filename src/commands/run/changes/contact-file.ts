import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppendFile } from '../../../core/append-file.ts';
import { IdTable, widened } from '../../../core/id-table.ts';
import { notWritable } from '../../../journal/not-writable.ts';

/**
 * Something of each contact, on the disk: memory holds the places alone, some 36 bytes for a contact. The file has no name
 * once it is open, so that nothing is left of it however the process ends: it holds personal data.
 */
export class ContactFile<T> implements Disposable {
  readonly #dir: string;
  readonly #file: AppendFile;
  readonly #reading: number;
  readonly #ids = new IdTable();
  /** Where the latest text of each contact begins, and its bytes. */
  #places = new Float64Array(this.#ids.room);
  #lengths = new Uint32Array(this.#ids.room);

  constructor(path: string) {
    this.#dir = dirname(path);
    try {
      rmSync(path, { force: true });
      this.#file = new AppendFile(path);
      this.#reading = openSync(path, 'r');
      rmSync(path);
    } catch (cause) {
      throw notWritable(this.#dir, cause, 'again');
    }
  }

  /** Contacts of which something is kept. */
  get size(): number {
    return this.#ids.size;
  }

  has(contactId: number): boolean {
    return this.#ids.has(contactId);
  }

  /** What was put last of a contact. */
  get(contactId: number): T | undefined {
    const index = this.#ids.indexOf(contactId);
    return index === undefined ? undefined : this.#read(index);
  }

  /** Keeps this of a contact, in the place of what was kept before. */
  put(contactId: number, value: T): void {
    const bytes = Buffer.from(JSON.stringify(value), 'utf8');
    const place = this.#file.size;
    try {
      this.#file.append(bytes);
    } catch (cause) {
      throw notWritable(this.#dir, cause, 'again');
    }
    const index = this.#ids.add(contactId);
    const { room } = this.#ids;
    if (room > this.#places.length) {
      this.#places = widened(this.#places, room);
      this.#lengths = widened(this.#lengths, room);
    }
    this.#places[index] = place;
    this.#lengths[index] = bytes.length;
  }

  /** What is kept of each contact, in the order in which contacts came. */
  *values(): Generator<T> {
    for (let index = 0; index < this.#ids.size; index += 1) yield this.#read(index);
  }

  [Symbol.dispose](): void {
    this.#file.close();
    closeSync(this.#reading);
  }

  #read(index: number): T {
    const place = this.#places[index] ?? 0;
    const bytes = Buffer.alloc(this.#lengths[index] ?? 0);
    let read = 0;
    while (read < bytes.length) {
      const more = readSync(this.#reading, bytes, read, bytes.length - read, place + read);
      if (more === 0) throw new Error('a file of contacts is shorter than it was written');
      read += more;
    }
    return JSON.parse(bytes.toString('utf8')) as T;
  }
}
