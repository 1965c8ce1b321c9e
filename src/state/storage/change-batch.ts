import type { JsonValue } from '../../core/types.ts';
import type { StoreChange } from './logged-change.ts';
import type { Batch } from './storage.ts';

/** Changes that are to be committed together; of two that change the same thing the later one counts. */
export class ChangeBatch implements Batch {
  readonly meta = new Map<string, JsonValue>();
  readonly contacts = new Map<number, Buffer>();
  readonly holders = new Map<string, Map<number, boolean>>();

  get isEmpty(): boolean {
    return this.meta.size + this.contacts.size + this.holders.size === 0;
  }

  add(change: StoreChange): void {
    if (change.kind === 'contact') this.contacts.set(change.id, change.bytes);
    else if (change.kind === 'meta') this.meta.set(change.key, change.value);
    else {
      const ids = this.holders.get(change.prefix);
      if (ids) ids.set(change.id, change.isHeld);
      else this.holders.set(change.prefix, new Map([[change.id, change.isHeld]]));
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
}
