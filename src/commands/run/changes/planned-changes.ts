import type { ChangeLine } from '../../../journal/change-line.ts';
import { ContactFile } from './contact-file.ts';
import { mergeChanges } from './merge-changes.ts';

/** What the rows of a plan change so far, a line a contact: each change of a contact is merged with those before it. */
export class PlannedChanges implements Disposable {
  readonly #lines: ContactFile<ChangeLine>;

  constructor(path: string) {
    this.#lines = new ContactFile(path);
  }

  /** Whether a row before has changed something of the contact. */
  has(contactId: number): boolean {
    return this.#lines.has(contactId);
  }

  /** What the rows so far change of a contact. */
  of(contactId: number): ChangeLine | undefined {
    return this.#lines.get(contactId);
  }

  /** A row changes this. */
  add(change: ChangeLine): void {
    this.#lines.put(change.contact, mergeChanges(this.of(change.contact), change));
  }

  /** The line of each contact of which anything is to change, in the order in which contacts were first changed. */
  *lines(): Generator<ChangeLine> {
    for (const line of this.#lines.values()) if (Object.keys(line.fields).length > 0) yield line;
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }
}
