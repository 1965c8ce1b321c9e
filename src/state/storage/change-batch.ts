import type { JsonValue } from '../../core/types.ts';
import type { StoreChange } from './logged-change.ts';
import type { Batch } from './storage.ts';

/** Changes that are to be committed together; of two that change the same thing the later one counts. */
export class ChangeBatch implements Batch {
  readonly meta = new Map<string, JsonValue>();
  readonly contacts = new Map<number, Buffer>();
  readonly holders = new Map<string, [id: number, isHeld: boolean][]>();

  get isEmpty(): boolean {
    return this.meta.size + this.contacts.size + this.holders.size === 0;
  }

  add(change: StoreChange): void {
    if (change.kind === 'meta') this.meta.set(change.key, change.value);
    else if (change.kind === 'holder') this.#setHolder(change.prefix, change.id, change.isHeld);
    else {
      this.contacts.set(change.id, change.bytes);
      for (const [prefix, isHeld] of change.keys ?? []) this.#setHolder(prefix, change.id, isHeld);
    }
  }

  /** What it holds, in an order in which it can be read: the index and the dictionary before the records that need them. */
  *changes(): Iterable<StoreChange> {
    for (const [key, value] of this.meta) yield { kind: 'meta', key, value };
    for (const [prefix, ids] of this.holders) {
      for (const [id, isHeld] of ids) yield { kind: 'holder', prefix, id, isHeld };
    }
    for (const [id, bytes] of this.contacts) yield { kind: 'contact', id, bytes };
  }

  // --- internal ---

  #setHolder(prefix: string, id: number, isHeld: boolean): void {
    const all = this.holders.get(prefix);
    const known = all?.find(([holder]) => holder === id);
    if (known) known[1] = isHeld;
    else if (all) all.push([id, isHeld]);
    else this.holders.set(prefix, [[id, isHeld]]);
  }
}
