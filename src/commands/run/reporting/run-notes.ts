import type { Logger } from '../../../core/logger.ts';

/** What the user should know of a run: logged when it is noticed, and repeated in the summary. */
export class RunNotes {
  readonly #log: Logger;
  readonly #notes = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Keeps a note for the summary. */
  add(note: string): void {
    this.#notes.add(note);
  }

  /** Logs notes and keeps them. */
  warn(notes: Iterable<string>): void {
    for (const note of notes) {
      this.#notes.add(note);
      this.#log.warn(note);
    }
  }

  /** Each note once, in the order in which they came. */
  get all(): readonly string[] {
    return [...this.#notes];
  }
}
