import type { Clock } from '../../src/core/clock.ts';
import type { JsonValue, Patch } from '../../src/core/types.ts';
import { ContactState } from '../../src/state/contact-state.ts';
import type { LoggedChange } from '../../src/state/storage/logged-change.ts';
import { noOtherStores } from '../../src/state/storage/other-stores.ts';
import type { Batch, ContactBytes, Storage, StorageLog } from '../../src/state/storage/storage.ts';
import { Store } from '../../src/state/storage/store.ts';

/** The log of such a disk. What is added outlives a process that is killed. */
export class MemoryLog implements StorageLog {
  syncs = 0;
  /** Bytes that it says it has. */
  size = 0;
  #entries: readonly LoggedChange[] = [];
  #processes = 0;

  /** The log as the process has it that begins now: what one before it still meant to add is lost with it. */
  opened(): StorageLog {
    this.#processes += 1;
    const own = this.#processes;
    const log = this;
    return {
      read: () => log.read(),
      get size() {
        return log.size;
      },
      add: (entries) => {
        if (own === log.#processes) log.add(entries);
      },
      sync: () => log.sync(),
      beginAnew: (entries) => log.beginAnew(entries),
      clear: () => log.clear(),
    };
  }

  read(): readonly LoggedChange[] {
    return this.#entries;
  }
  /** Contacts that are in doubt in it, in the order of their entries. */
  get doubts(): readonly number[] {
    return this.#entries.flatMap((entry) => (entry.kind === 'doubt' ? [entry.doubt.id] : []));
  }
  add(entries: readonly LoggedChange[]): void {
    this.#entries = [...this.#entries, ...entries];
  }
  async sync(): Promise<void> {
    this.syncs += 1;
  }
  async beginAnew(entries: readonly LoggedChange[]): Promise<void> {
    this.#entries = [...entries];
  }
  clear(): void {
    this.#entries = [];
  }
}

/** A disk that outlives the stores over it, as the real one outlives a process that is killed. */
export class MemoryDisk implements Storage {
  readonly size = 0;
  commits = 0;
  readonly log = new MemoryLog();
  #meta = new Map<string, JsonValue>();
  #contacts = new Map<number, Buffer>();
  #holders = new Map<string, Set<number>>();

  meta(): Iterable<readonly [string, JsonValue]> {
    return this.#meta;
  }
  contact(id: number): Buffer | undefined {
    return this.#contacts.get(id);
  }
  contacts(after: number | undefined, limit: number): ContactBytes[] {
    return [...this.#contacts]
      .map(([id, bytes]) => ({ id, bytes }))
      .sort((a, b) => a.id - b.id)
      .filter(({ id }) => after === undefined || id > after)
      .slice(0, limit);
  }
  holders(prefix: string): number[] {
    return [...(this.#holders.get(prefix) ?? [])];
  }
  /** Pairs of a key and a contact that are kept. */
  get keys(): number {
    return [...this.#holders.values()].reduce((sum, ids) => sum + ids.size, 0);
  }
  async commit({ meta, contacts, holders }: Batch): Promise<void> {
    this.commits += 1;
    for (const [key, value] of meta) this.#meta.set(key, value);
    for (const [id, bytes] of contacts) this.#contacts.set(id, bytes);
    for (const [prefix, ids] of holders) {
      const held = this.#holders.get(prefix) ?? new Set();
      this.#holders.set(prefix, held);
      for (const [id, isHeld] of ids) {
        if (isHeld) held.add(id);
        else held.delete(id);
      }
    }
  }
  async close(): Promise<void> {}
}

/** A clock on which no commit is too early, and none is made that nobody waits for. */
export function lazyClock(): Clock {
  let elapsed = 0;
  return {
    now: () => 1_790_000_000_000,
    monotonic: () => {
      elapsed += 1_000;
      return elapsed;
    },
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
    random: () => 0,
  };
}

/** The state as a process finds it that begins now. What an earlier one had not made durable is gone. */
export function stateOver(disk: MemoryDisk, mappingHash = 'm1', readBy = ''): ContactState {
  const clock = lazyClock();
  const opened: Storage = {
    size: disk.size,
    log: disk.log.opened(),
    meta: () => disk.meta(),
    contact: (id) => disk.contact(id),
    contacts: (after, limit) => disk.contacts(after, limit),
    holders: (prefix) => disk.holders(prefix),
    commit: (batch) => disk.commit(batch),
    close: () => disk.close(),
  };
  const store = new Store({ disk: opened, isKept: true, clock });
  const before = store.meta.get('epoch');
  return new ContactState({
    store,
    others: noOtherStores(),
    epoch: 1 + (typeof before === 'number' ? before : 0),
    salt: 'salt',
    mappingHash,
    readBy,
    clock,
    isReadOnly: false,
    notes: [],
  });
}

/** A patch of these fields: columns, and attributes under `custom_attributes`. */
export function patchOf(contactId: number, columns: Patch['body'], custom?: Patch['body']): Patch {
  const fields = [
    ...Object.keys(columns),
    ...Object.keys(custom ?? {}).map((key) => `custom_attributes.${key}`),
  ];
  const body = { ...columns, ...(custom ? { custom_attributes: custom } : undefined) };
  return { contactId, body, fields, complete: false };
}

/** A contact as the API shows it. */
export function contactOf(id: number, more: Patch['body'] = {}): Patch['body'] {
  const nobody = { name: null, email: null, phone_number: null, identifier: null, blocked: false };
  return { id, ...nobody, custom_attributes: {}, additional_attributes: {}, ...more };
}
