import type { JsonValue } from '../../core/types.ts';
import { decodeRecord, epochOf, type Layouts } from './codec.ts';
import type { Stamp } from './format-version.ts';
import type { Doubt } from './logged-change.ts';
import type { ContactRecord, FieldRecord } from './record.ts';
import { decodeLayout } from './record-layout.ts';
import { type ContactBytes, DamagedStorage, type Storage } from './storage.ts';

/** Numbers of texts in the store that is written to. */
export interface OwnNumbers {
  pathNumber(path: string): number | undefined;
  writerNumber(mappingHash: string): number;
}

/** A record of another store. */
export interface OtherRecord {
  readonly bytes: Buffer;
  /** All of it, in the numbers of the own store; undefined where not all of it can be read. */
  decode(): ContactRecord | undefined;
}

/** Another store, opened for reading. */
export interface OtherStore {
  readonly disk: Storage;
  readonly stamp: Stamp;
  readonly meta: ReadonlyMap<string, JsonValue>;
  /** What its last run was sending when it was looked at. */
  readonly doubts: readonly Doubt[];
  /** Another shard of the same division. */
  readonly isSibling: boolean;
}

export interface OtherStoresOptions {
  readonly stores: readonly OtherStore[];
  /** Of the store that is written to: what was hashed with another salt cannot be read. */
  readonly salt: string;
  /** Epoch from which on its records count, and the one below which no record does. */
  readonly begun: number;
  readonly since: number;
  /** What is known as of an epoch below this may be outdated from now on. */
  readonly onOutdated?: (since: number, cause: DamagedStorage | undefined) => void;
}

/**
 * What the other stores of the account know of contacts: those of shards, and of all rows. They lie like sheets over each
 * other, and of a contact the record with the highest epoch counts, whichever store has it. What two stores say as of one
 * epoch cannot be put in order, so it counts as unknown.
 */
export class OtherStores {
  #stores: readonly OtherStore[];
  readonly #salt: string;
  readonly #begun: number;
  #since: number;
  readonly #onOutdated: OtherStoresOptions['onOutdated'];
  readonly #layouts = new Map<OtherStore, Layouts>();

  constructor(options: OtherStoresOptions) {
    this.#stores = options.stores;
    this.#salt = options.salt;
    this.#begun = options.begun;
    this.#since = options.since;
    this.#onOutdated = options.onOutdated;
  }

  /**
   * The newest record of a contact among all stores: `own` where that of the store that is written to is, whose epoch is
   * given; undefined where nothing is known for sure.
   */
  newest(id: number, ownEpoch: number | undefined, numbers: OwnNumbers): OtherRecord | 'own' | undefined {
    let best = ownEpoch === undefined ? -1 : this.#ownEpoch(ownEpoch);
    let found: OtherRecord | 'own' | undefined = ownEpoch === undefined ? undefined : 'own';
    for (const store of this.#stores) {
      const bytes = this.#read(store, (disk) => disk.contact(id));
      const epoch = bytes ? epochIn(store.stamp.begun, epochOf(bytes)) : -1;
      if (!bytes || epoch < best) continue;
      found = epoch === best ? undefined : this.#recordOf(store, bytes, epoch, numbers);
      best = epoch;
    }
    return best < this.#since ? undefined : found;
  }

  /** What another store has in doubt of a contact, as of which epoch; the newest of several. */
  doubtOf(id: number): { readonly epoch: number; readonly doubt: Doubt } | undefined {
    let newest: { readonly epoch: number; readonly doubt: Doubt } | undefined;
    for (const { doubts, stamp } of this.#stores) {
      const doubt = doubts.findLast((one) => one.id === id);
      if (doubt && stamp.age > (newest?.epoch ?? -1)) newest = { epoch: stamp.age, doubt };
    }
    return newest;
  }

  get isEmpty(): boolean {
    return this.#stores.length === 0;
  }

  /** Contacts that a key with this prefix may belong to. */
  *holders(prefix: string): Iterable<number> {
    for (const store of this.#readable()) yield* this.#read(store, (disk) => disk.holders(prefix)) ?? [];
    for (const { id, keys } of this.#stores.flatMap(({ doubts }) => doubts)) {
      if (keys.some((key) => key.startsWith(prefix))) yield id;
    }
  }

  /** All contacts of these stores, each once, `limit` at a time. */
  *contacts(limit: number): Iterable<readonly number[]> {
    const stores = this.#stores;
    for (const [i, store] of stores.entries()) {
      const isNew = ({ id }: ContactBytes): boolean =>
        !stores.slice(0, i).some((before) => this.#read(before, (disk) => disk.contact(id)));
      let after: number | undefined;
      for (;;) {
        const page = this.#read(store, (disk) => disk.contacts(after, limit)) ?? [];
        after = page.at(-1)?.id;
        yield page.filter(isNew).map(({ id }) => id);
        if (page.length < limit) break;
      }
    }
  }

  /** When the newest complete pull that one of them knows began, Unix time in milliseconds, unless what it read is outdated. */
  get completeAt(): number | undefined {
    const times = this.#readable().flatMap(({ meta, stamp }) => {
      const [at, epoch] = [meta.get('pull-complete'), meta.get('pull-complete-epoch')];
      const isCurrent = epochIn(stamp.begun, typeof epoch === 'number' ? epoch : 0) >= this.#since;
      return typeof at === 'number' && isCurrent ? [at] : [];
    });
    return times.length > 0 ? Math.max(...times) : undefined;
  }

  /** Epoch of the first of their pulls that was begun and not ended; undefined: there is none. */
  get pullingSince(): number | undefined {
    const epochs = this.#stores.flatMap(({ meta }) => {
      const pull = meta.get('pull');
      const epoch: unknown =
        typeof pull === 'object' && pull !== null ? Reflect.get(pull, 'epoch') : undefined;
      return typeof epoch === 'number' ? [epoch] : [];
    });
    return epochs.length > 0 ? Math.min(...epochs) : undefined;
  }

  /** Whether what was written to the own store in an epoch still counts. */
  isCurrent(epoch: number): boolean {
    return this.#ownEpoch(epoch) >= this.#since;
  }

  /** What is known as of epochs below `since` may be outdated. */
  forget(since: number, cause?: DamagedStorage): void {
    if (since <= this.#since) return;
    this.#since = since;
    this.#onOutdated?.(since, cause);
  }

  async close(): Promise<void> {
    for (const { disk } of this.#stores) await disk.close().catch(() => {}); // nothing was written
    this.#stores = [];
  }

  // --- internal ---

  #ownEpoch(epoch: number): number {
    return epochIn(this.#begun, epoch);
  }

  #readable(): readonly OtherStore[] {
    return this.#stores.filter(({ meta }) => meta.get('salt') === this.#salt);
  }

  /** What a store says. What a damaged one knew is unknown. */
  #read<T>(store: OtherStore, look: (disk: Storage) => T): T | undefined {
    if (!this.#stores.includes(store)) return undefined;
    try {
      return look(store.disk);
    } catch (cause) {
      if (!(cause instanceof DamagedStorage)) throw cause;
      this.#stores = this.#stores.filter((other) => other !== store);
      void store.disk.close().catch(() => {});
      this.forget(store.stamp.age + 1, cause);
      return undefined;
    }
  }

  /** Undefined where the hashes of the store mean nothing here. */
  #recordOf(store: OtherStore, read: Buffer, epoch: number, numbers: OwnNumbers): OtherRecord | undefined {
    if (store.meta.get('salt') !== this.#salt) return undefined;
    // the disk gives them until it is read again, in a buffer that is longer
    const bytes = Buffer.from(read.subarray(0, read.length));
    return { bytes, decode: () => this.#decode(store, bytes, epoch, numbers) };
  }

  #decode(store: OtherStore, bytes: Buffer, epoch: number, numbers: OwnNumbers): ContactRecord | undefined {
    const record = decodeRecord(bytes, this.#layoutsOf(store));
    if (!record) return undefined;
    const fields = new Map<number, FieldRecord>();
    for (const [id, field] of record.fields) {
      const path = textOf(store, 'path', id);
      const number = path === undefined ? undefined : numbers.pathNumber(path);
      if (number === undefined) return undefined;
      const writer = field.writer === 0 ? undefined : textOf(store, 'mapping', field.writer);
      fields.set(number, { ...field, writer: writer === undefined ? 0 : numbers.writerNumber(writer) });
    }
    return { ...record, epoch, fields };
  }

  #layoutsOf(store: OtherStore): Layouts {
    let layouts = this.#layouts.get(store);
    if (!layouts) {
      const parsed = new Map<number, ReturnType<typeof decodeLayout>>();
      layouts = {
        numberOf: () => undefined,
        at(number) {
          const text = textOf(store, 'layout', number);
          if (text !== undefined && !parsed.has(number)) {
            parsed.set(number, decodeLayout(Buffer.from(text, 'hex')));
          }
          return parsed.get(number);
        },
        parse: decodeLayout,
      };
      this.#layouts.set(store, layouts);
    }
    return layouts;
  }
}

/** Of a store that is alone. */
export function noOtherStores(): OtherStores {
  return new OtherStores({ stores: [], salt: '', begun: 0, since: 0 });
}

// --- internal ---

/** An epoch that can be compared with those of other stores: 0 for what was written before they were counted together. */
function epochIn(begun: number | undefined, epoch: number): number {
  return begun !== undefined && epoch >= begun ? epoch : 0;
}

/** Since it was opened the store may have got more of them: these are not known. */
function textOf({ meta }: OtherStore, list: string, number: number): string | undefined {
  const text = meta.get(`${list}:${number}`);
  return typeof text === 'string' ? text : undefined;
}
