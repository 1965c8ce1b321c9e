import type { Database, RootDatabase } from 'lmdb';
import { EXIT, messageOf, RunError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/types.ts';
import { idBytes, idOf, PREFIX_BYTES } from './keys.ts';
import type { Batch, ContactBytes, Storage } from './storage.ts';

/** One LMDB environment in one directory: `data.mdb` and `lock.mdb`. */
export class LmdbStorage implements Storage {
  readonly #dir: string;
  #root: RootDatabase<Buffer, Uint8Array>;
  #meta: Database<JsonValue, string>;
  #contacts: Database<Buffer, Uint8Array>;
  #holders: Database<Buffer, Uint8Array>;

  private constructor(dir: string, root: RootDatabase<Buffer, Uint8Array>) {
    this.#dir = dir;
    this.#root = root;
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.#meta = root.openDB<JsonValue, string>('meta', { encoding: 'json' });
    this.#contacts = root.openDB<Buffer, Uint8Array>('contacts', binary);
    this.#holders = root.openDB<Buffer, Uint8Array>('holders', binary);
    // LMDB says nothing where a table is missing in an environment that it may not change
    if (!this.#meta || !this.#contacts || !this.#holders) throw new Error('it lacks a table');
  }

  /** Opens the environment in `dir`, made where it is missing unless `readOnly`. Throws what LMDB throws. */
  static async open(dir: string, readOnly: boolean): Promise<LmdbStorage> {
    const { open } = await import('lmdb');
    const options = {
      readOnly,
      noSubdir: false,
      maxDbs: 3,
      encoding: 'binary',
      // a commit counts only once it is on the disk: what is in doubt must survive a power cut
      overlappingSync: false,
      permissionsMode: 0o600,
    } as const;
    return new LmdbStorage(dir, open<Buffer, Uint8Array>(dir, options));
  }

  *meta(): Iterable<readonly [string, JsonValue]> {
    for (const { key, value } of this.#meta.getRange({})) yield [key, value];
  }

  contact(id: number): Buffer | undefined {
    try {
      return this.#contacts.getBinaryFast(idBytes(id));
    } catch (cause) {
      throw new RunError(
        'ERR_STATE',
        `the state in ${this.#dir} is damaged (${messageOf(cause)}). Move that directory away and go on with --resume: everything is then sent once more`,
        { exitCode: EXIT.stopped, cause },
      );
    }
  }

  contacts(after: number | undefined, limit: number): ContactBytes[] {
    const start = after === undefined ? {} : { start: Buffer.from(idBytes(after)), exclusiveStart: true };
    return [...this.#contacts.getRange({ ...start, limit, snapshot: false })].map(({ key, value }) => ({
      id: idOf(key),
      bytes: value,
    }));
  }

  holders(prefix: string): number[] {
    const start = Buffer.from(prefix, 'hex');
    const end = Buffer.concat([start, Buffer.alloc(8, 0xff)]);
    return [...this.#holders.getKeys({ start, end })].map((key) => idOf(key.subarray(PREFIX_BYTES)));
  }

  async commit(batch: Batch): Promise<void> {
    const writes = new Set<Promise<boolean>>();
    for (const [key, value] of batch.meta) writes.add(this.#meta.put(key, value));
    for (const [id, bytes] of batch.contacts) writes.add(this.#contacts.put(idBytes(id), bytes));
    for (const [prefix, ids] of batch.holders) {
      const head = Buffer.from(prefix, 'hex');
      for (const [id, isHeld] of ids) {
        const key = Buffer.concat([head, idBytes(id)]);
        writes.add(isHeld ? this.#holders.put(key, NOTHING) : this.#holders.remove(key));
      }
    }
    await Promise.all(writes);
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

// --- internal ---

/** LMDB cannot be handed a value without bytes. */
const NOTHING = Buffer.from([0]);
