import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppendFile } from '../../../core/append-file.ts';
import type { ChangeLine } from '../../../journal/change-line.ts';
import { notWritable } from '../../../journal/not-writable.ts';
import { mergeChanges } from './merge-changes.ts';

/**
 * What the rows of a plan change so far, a line a contact. The lines stand in a file, of which memory holds the places
 * alone: each change of a contact is written anew, merged with those before it. Disposing of it deletes the file.
 */
export class PlannedChanges implements Disposable {
  readonly #path: string;
  readonly #file: AppendFile;
  readonly #reading: number;
  /** Where the latest line of each contact begins, and its bytes, in the order in which contacts were first changed. */
  readonly #places = new Map<number, number>();
  readonly #lengths = new Map<number, number>();

  constructor(path: string) {
    this.#path = path;
    try {
      rmSync(path, { force: true });
      this.#file = new AppendFile(path);
      this.#reading = openSync(path, 'r');
    } catch (cause) {
      throw notWritable(dirname(path), cause);
    }
  }

  /** Whether a row before has changed something of the contact. */
  has(contactId: number): boolean {
    return this.#places.has(contactId);
  }

  /** What the rows so far change of a contact. */
  of(contactId: number): ChangeLine | undefined {
    const place = this.#places.get(contactId);
    const length = this.#lengths.get(contactId);
    if (place === undefined || length === undefined) return undefined;
    const bytes = Buffer.alloc(length);
    let read = 0;
    while (read < length) {
      const more = readSync(this.#reading, bytes, read, length - read, place + read);
      if (more === 0) throw new Error('the file of planned changes is shorter than it was written');
      read += more;
    }
    return JSON.parse(bytes.toString('utf8')) as ChangeLine;
  }

  /** A row changes this. */
  add(change: ChangeLine): void {
    const bytes = Buffer.from(JSON.stringify(mergeChanges(this.of(change.contact), change)), 'utf8');
    const place = this.#file.size;
    try {
      this.#file.append(bytes);
    } catch (cause) {
      throw notWritable(dirname(this.#path), cause);
    }
    this.#places.set(change.contact, place);
    this.#lengths.set(change.contact, bytes.length);
  }

  /** The line of each contact of which anything is to change. */
  *lines(): Generator<ChangeLine> {
    for (const contact of this.#places.keys()) {
      const line = this.of(contact);
      if (line && Object.keys(line.fields).length > 0) yield line;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
    closeSync(this.#reading);
    rmSync(this.#path, { force: true });
  }
}
