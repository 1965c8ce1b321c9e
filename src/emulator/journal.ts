import type { JsonValue } from '../core/types.ts';

/** Who wrote: a PATCH or POST of the API, or an agent in the dashboard ({@link Emulator.edit}). */
export type Writer = 'update' | 'create' | 'agent' | 'delete';

/** A write that was applied. */
export class JournalEntry {
  /** Place among all writes, from 1. */
  readonly seq: number;
  /** Unix milliseconds with fractions. */
  readonly at: number;
  readonly contactId: number;
  readonly by: Writer;
  /** Paths whose stored value differs from before, e.g. `custom_attributes.plan`. Empty for a write of equal values. */
  readonly changed: readonly string[];
  readonly #text: string;

  constructor(
    seq: number,
    at: number,
    contactId: number,
    by: Writer,
    changed: readonly string[],
    text: string,
  ) {
    this.seq = seq;
    this.at = at;
    this.contactId = contactId;
    this.by = by;
    this.changed = changed;
    this.#text = text;
  }

  /** The body as it was sent. Parsed when asked for: a million texts take less room than a million objects. */
  get body(): JsonValue {
    return JSON.parse(this.#text);
  }

  toJSON(): unknown {
    const { seq, at, contactId, by, changed, body } = this;
    return { seq, at, contactId, by, changed, body };
  }
}

/** Applied writes in order. `PATCH {}` writes nothing and is not among them. */
export class WriteJournal {
  readonly entries: JournalEntry[] = [];
  /** How many writes were not kept because the journal was full. */
  dropped = 0;
  readonly #limit: number;
  readonly #interned = new Map<string, readonly string[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.entries.length + this.dropped;
  }

  add(at: number, contactId: number, by: Writer, changed: readonly string[], text: string): void {
    if (this.entries.length >= this.#limit) {
      this.dropped += 1;
      return;
    }
    this.entries.push(new JournalEntry(this.total + 1, at, contactId, by, this.#intern(changed), text));
  }

  clear(): void {
    this.entries.length = 0;
    this.dropped = 0;
  }

  /** A bulk run changes the same paths in every contact: one array serves them all. */
  #intern(changed: readonly string[]): readonly string[] {
    const key = changed.join('\n');
    const known = this.#interned.get(key);
    if (known) return known;
    this.#interned.set(key, changed);
    return changed;
  }
}
