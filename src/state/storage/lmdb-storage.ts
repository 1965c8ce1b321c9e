import { statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database, RootDatabase } from 'lmdb';
import { messageOf } from '../../core/errors.ts';
import type { JsonValue } from '../../core/types.ts';
import { dataSize } from './check-data-file.ts';
import { idBytes, idOf, PREFIX_BYTES } from './keys.ts';
import { LogFile } from './log-file.ts';
import { type Batch, type ContactBytes, DamagedStorage, type Storage } from './storage.ts';

/** The tables of an environment. */
interface Tables {
  readonly root: RootDatabase<Buffer, Uint8Array>;
  readonly meta: Database<JsonValue, string>;
  readonly contacts: Database<Buffer, Uint8Array>;
  readonly holders: Database<Buffer, Uint8Array>;
}

/** One LMDB environment in one directory, `data.mdb` and `lock.mdb`, and the log beside it. */
export class LmdbStorage implements Storage {
  /** Those of this process that only read: LMDB cannot open for writing what the process has open for reading alone. */
  static readonly #readers = new Set<LmdbStorage>();
  readonly #dir: string;
  readonly #open: () => Tables;
  readonly log: LogFile;
  size: number;
  #hasFailed = false;
  #opened: Tables | undefined;

  private constructor(dir: string, open: () => Tables) {
    this.#dir = dir;
    this.#open = open;
    this.log = new LogFile(dir);
    this.#opened = open();
    this.size = dataSize(dir) ?? 0;
  }

  /**
   * Opens the environment in `dir`, made where it is missing unless `readOnly`. Throws {@link DamagedStorage}, or what the
   * system says of a directory that cannot be used.
   */
  static async open(dir: string, readOnly: boolean): Promise<LmdbStorage> {
    const { open } = await import('lmdb');
    const openTables = () => tablesOf(open<Buffer, Uint8Array>(dir, { ...OPTIONS, readOnly }));
    if (!readOnly) await LmdbStorage.#letGo(dir);
    try {
      const storage = new LmdbStorage(dir, openTables);
      if (readOnly) LmdbStorage.#readers.add(storage);
      return storage;
    } catch (cause) {
      throw isDamage(cause) ? new DamagedStorage(messageOf(cause), { cause }) : cause;
    }
  }

  /** Closes what this process has open for reading alone; it is opened again when it is read. */
  static async #letGo(dir: string): Promise<void> {
    for (;;) {
      const reader = [...LmdbStorage.#readers].find((one) => one.#dir === dir && one.#opened);
      if (!reader) return;
      const { root } = reader.#tables;
      reader.#opened = undefined;
      await root.close();
    }
  }

  meta(): Iterable<readonly [string, JsonValue]> {
    return reading(() =>
      [...this.#tables.meta.getRange({})].map(({ key, value }): [string, JsonValue] => [key, value]),
    );
  }

  contact(id: number): Buffer | undefined {
    try {
      return this.#tables.contacts.getBinaryFast(idBytes(id));
    } catch (cause) {
      throw new DamagedStorage(messageOf(cause), { cause });
    }
  }

  contacts(after: number | undefined, limit: number): ContactBytes[] {
    const start = after === undefined ? {} : { start: Buffer.from(idBytes(after)), exclusiveStart: true };
    return reading(() =>
      [...this.#tables.contacts.getRange({ ...start, limit, snapshot: false })].map(({ key, value }) => ({
        id: idOf(key),
        bytes: value,
      })),
    );
  }

  holders(prefix: string): number[] {
    const start = Buffer.from(prefix, 'hex');
    const end = Buffer.concat([start, Buffer.alloc(8, 0xff)]);
    return reading(() =>
      [...this.#tables.holders.getKeys({ start, end })].map((key) => idOf(key.subarray(PREFIX_BYTES))),
    );
  }

  async commit(batch: Batch): Promise<void> {
    this.#requireRoom(batch);
    const writes = [...this.#put(batch)];
    // each failure is asked for its cause at once: later that would be a rejection that nobody handles
    const failures = writes.map((write) => write.then(NEVER, causeOf));
    const cause = await withoutItsPrints(() =>
      Promise.race([Promise.all(writes).then(() => undefined, NEVER), ...failures]),
    );
    if (cause === undefined) {
      this.size = dataSize(this.#dir) ?? 0;
      return;
    }
    this.#hasFailed = true;
    throw isDamage(cause) ? new DamagedStorage(messageOf(cause), { cause }) : withRoom(this.#dir, cause);
  }

  async close(): Promise<void> {
    LmdbStorage.#readers.delete(this);
    this.log.close();
    const root = this.#opened?.root;
    if (!root) return;
    // after a failure LMDB may wait for writes that it has given up
    const limit = this.#hasFailed ? [delay(CAUSE_MS, undefined, { ref: false })] : [];
    await withoutItsPrints(() => Promise.race([root.close(), ...limit]));
  }

  // --- internal ---

  get #tables(): Tables {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /**
   * LMDB must not meet a full disk: a write that fails may end the process. What a commit takes is at most the pages that it
   * touches, and no more of them than there are, beside what is new. Throws what the system would say.
   */
  #requireRoom({ meta, contacts, holders }: Batch): void {
    let entries = [...meta].length;
    let bytes = 0;
    for (const [, { byteLength }] of contacts) {
      entries += 1;
      bytes += byteLength;
    }
    for (const [, ids] of holders) for (const _ of ids) entries += 1;
    const touched = Math.min(this.size, entries * PAGE_BYTES) + 2 * bytes + SPARE_BYTES;
    const { bavail, bsize } = statfsSync(this.#dir);
    if (bavail * bsize < touched) throw noRoom();
  }

  #put(batch: Batch): ReadonlySet<Promise<boolean>> {
    const writes = new Set<Promise<boolean>>();
    for (const [key, value] of batch.meta) writes.add(this.#tables.meta.put(key, value));
    for (const [id, bytes] of batch.contacts) writes.add(this.#tables.contacts.put(idBytes(id), bytes));
    for (const [prefix, ids] of batch.holders) {
      const head = Buffer.from(prefix, 'hex');
      for (const [id, isHeld] of ids) {
        const key = Buffer.concat([head, idBytes(id)]);
        writes.add(isHeld ? this.#tables.holders.put(key, NOTHING) : this.#tables.holders.remove(key));
      }
    }
    return writes;
  }
}

// --- internal ---

const OPTIONS = {
  noSubdir: false,
  maxDbs: 3,
  encoding: 'binary',
  // a commit counts only once it is on the disk: what is in doubt must survive a power cut
  overlappingSync: false,
  // a commit has the writes of one call; batches by turn make a promise that nobody can handle when they fail
  eventTurnBatching: false,
  permissionsMode: 0o600,
} as const;

function tablesOf(root: RootDatabase<Buffer, Uint8Array>): Tables {
  try {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const meta = root.openDB<JsonValue, string>('meta', { encoding: 'json' });
    const contacts = root.openDB<Buffer, Uint8Array>('contacts', binary);
    const holders = root.openDB<Buffer, Uint8Array>('holders', binary);
    // LMDB says nothing where a table is missing in an environment that it may not change
    if (!meta || !contacts || !holders) throw new DamagedStorage('it lacks a table');
    return { root, meta, contacts, holders };
  } catch (cause) {
    root.close().catch(() => {});
    throw cause;
  }
}

/** What LMDB throws while it reads is damage: it is handed nothing that could be wrong. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new DamagedStorage(messageOf(cause), { cause });
  }
}

/** Lets LMDB work without printing the stacks of failures, which are handed on in any case. */
async function withoutItsPrints<T>(work: () => Promise<T>): Promise<T> {
  // biome-ignore lint/suspicious/noConsole: LMDB prints to it
  const print = console.error;
  const filtered = (...args: unknown[]): void => {
    const [first] = args;
    if (!(first instanceof Error && /[\\/]lmdb[\\/]/.test(first.stack ?? ''))) print(...args);
  };
  console.error = filtered;
  try {
    return await work();
  } finally {
    // biome-ignore lint/suspicious/noConsole: LMDB prints to it
    if (console.error === filtered) console.error = print;
  }
}

/** LMDB's own words, except where it has no more room; the system's are of the disk. */
function isDamage(cause: unknown): boolean {
  return (
    /^MDB_(?!MAP_FULL|DBS_FULL|READERS_FULL|TLS_FULL)/.test(messageOf(cause)) ||
    cause instanceof DamagedStorage
  );
}

/** Less than this is a full disk: LMDB calls a write that was cut short for want of room an input/output error. */
const ROOM_BYTES = 1024 * 1024;
const EIO = 5;

function withRoom(dir: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== EIO) return cause;
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize >= ROOM_BYTES ? cause : noRoom(cause);
}

/** As the system calls a full disk. */
function noRoom(cause?: unknown): Error {
  return Object.assign(new Error('no space left on the device', { cause }), { code: 'ENOSPC' });
}

const PAGE_BYTES = 4096;
/** Roots and branches, and the two pages that say where they are. */
const SPARE_BYTES = 32 * PAGE_BYTES;

/** What never comes, so that another one decides a race. */
const NEVER = (): Promise<never> => new Promise(() => {});

/** How long LMDB is given to say why a commit failed. */
const CAUSE_MS = 1_000;

/**
 * Why a commit failed. LMDB rejects the writes before it knows, and says it by another promise, which must not go
 * unhandled, and which may never be settled.
 */
async function causeOf(failure: unknown): Promise<unknown> {
  if (!(failure instanceof Error) || !('commitError' in failure)) return failure;
  const said = Promise.resolve(failure.commitError).then(
    () => failure,
    (cause: unknown) => cause,
  );
  return Promise.race([said, delay(CAUSE_MS, failure, { ref: false })]);
}

/** LMDB cannot be handed a value without bytes. */
const NOTHING = Buffer.from([0]);
