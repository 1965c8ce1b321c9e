import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock as clock } from '../../src/core/clock.ts';
import { seededRandom } from '../../src/emulator/random.ts';
import { ContactState } from '../../src/state/contact-state.ts';
import { LmdbStorage } from '../../src/state/storage/lmdb-storage.ts';
import type { LoggedChange } from '../../src/state/storage/logged-change.ts';
import { noOtherStores } from '../../src/state/storage/other-stores.ts';
import {
  type Batch,
  DamagedStorage,
  type Storage,
  type StorageLog,
} from '../../src/state/storage/storage.ts';
import { Store } from '../../src/state/storage/store.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { patchOf } from './memory-storage.ts';

const ours = () => 'ours' as const;
const TRIALS = Number(process.env['RUNS'] ?? 30);
const PAGE = 4_096;
/** LMDB writes its two head pages after it has synced all others. */
const HEAD_PAGES = 2;
const LOGS = ['log', 'log-2'];

let looks = 0;

/** A disk that knows what of its files would survive a power cut, and makes what one leaves. */
class CutDisk implements Storage {
  readonly size = 0;
  readonly #dir: string;
  readonly #inner: LmdbStorage;
  #database: Buffer;
  #logs = new Map<string, Buffer>();

  constructor(dir: string, inner: LmdbStorage) {
    this.#dir = dir;
    this.#inner = inner;
    this.#database = this.#read('data.mdb');
    this.#syncedLogs();
  }
  meta = () => this.#inner.meta();
  contact = (id: number) => this.#inner.contact(id);
  contacts = (after: number | undefined, limit: number) => this.#inner.contacts(after, limit);
  holders = (prefix: string) => this.#inner.holders(prefix);
  close = () => this.#inner.close();

  async commit(batch: Batch): Promise<void> {
    await this.#inner.commit(batch);
    this.#database = this.#read('data.mdb');
  }
  readonly log: StorageLog = {
    read: () => this.#inner.log.read(),
    // now and then it is large enough to be begun anew
    get size() {
      looks += 1;
      return looks % 9 === 0 ? 5 * 1024 * 1024 : 0;
    },
    add: (entries: readonly LoggedChange[]) => this.#inner.log.add(entries),
    sync: async () => {
      await this.#inner.log.sync();
      this.#syncedLogs();
    },
    beginAnew: async (entries: readonly LoggedChange[]) => {
      await this.#inner.log.beginAnew(entries);
      this.#syncedLogs();
    },
    clear: () => {
      this.#inner.log.clear();
      this.#syncedLogs();
    },
  };

  /** Everything that was synced, and at random what was written after it. */
  cutInto(dir: string, random: () => number): void {
    mkdirSync(dir, { recursive: true });
    const now = this.#read('data.mdb');
    const left = Buffer.from(now.subarray(0, Math.max(now.length, this.#database.length)));
    for (let at = 0; at < this.#database.length; at += PAGE) {
      if (at < HEAD_PAGES * PAGE || random() < 0.5) this.#database.copy(left, at, at, at + PAGE);
    }
    writeFileSync(join(dir, 'data.mdb'), left);
    for (const name of LOGS) {
      const [synced, written] = [this.#logs.get(name) ?? Buffer.alloc(0), this.#read(name)];
      // a file that was begun anew meanwhile may have its old content or its new one
      const grew = written.subarray(0, synced.length).equals(synced);
      const more = Math.floor(random() * (written.length - synced.length + 1));
      writeFileSync(join(dir, name), grew ? written.subarray(0, synced.length + more) : synced);
    }
  }

  #read(name: string): Buffer {
    const path = join(this.#dir, name);
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  }
  #syncedLogs(): void {
    for (const name of LOGS) this.#logs.set(name, this.#read(name));
  }
}

/** The state as a process finds it, or a new one where what a power cut left cannot be read. */
async function openCut(dir: string, epoch: number) {
  try {
    const disk = new CutDisk(dir, await LmdbStorage.open(dir, false));
    const store = new Store({ disk, isKept: true, clock });
    const options = { salt: 'salt', mappingHash: 'm1', clock, isReadOnly: false, notes: [] };
    return { disk, state: new ContactState({ ...options, store, others: noOtherStores(), epoch }) };
  } catch (error) {
    if (error instanceof DamagedStorage) return undefined;
    throw error;
  }
}

it('a power cut at any moment: what counts as sent has arrived', { timeout: 180_000 }, async () => {
  let [unchanged, sent, lost] = [0, 0, 0];
  for (let trial = 1; trial <= TRIALS; trial += 1) {
    const random = seededRandom(trial);
    const place = tempDir();
    /** What the account holds; undefined where a write has no answer. */
    const account = new Map<number, string | undefined>();
    let dir = join(place, 'night-1');
    mkdirSync(dir);
    for (let night = 1; night <= 4; night += 1) {
      const opened = await openCut(dir, night);
      if (!opened) {
        lost += 1;
        break;
      }
      const { disk, state } = opened;
      const cutAfter = Math.floor(random() * 60);
      let rows = 0;
      const worker = async (first: number): Promise<void> => {
        while (rows++ < cutAfter) {
          const id = first + 8 * Math.floor(random() * 3);
          const name = random() < 0.5 ? 'A' : 'B';
          const patch = patchOf(id, { name });
          const comparison = state.compare(patch, ours);
          if (comparison.settled) {
            expect([trial, night, id, account.get(id)]).toEqual([trial, night, id, name]);
            unchanged += 1;
            state.confirm(patch, comparison);
            continue;
          }
          await state.doubt(patch, comparison.send);
          sent += 1;
          const isAnswered = random() < 0.9;
          account.set(id, isAnswered ? name : undefined);
          if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 5 * random()));
          if (isAnswered) state.delivered(patch, comparison.send, undefined);
          else state.undecided(patch);
          if (random() < 0.1) state.room().catch(() => {});
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, i) => worker(i + 1)));
      const isClosed = random() < 0.2;
      if (isClosed) await state.close();
      const next = join(place, `night-${night + 1}`);
      disk.cutInto(next, random);
      if (!isClosed) await state.close();
      dir = next;
    }
  }
  expect(unchanged).toBeGreaterThan(2 * TRIALS);
  expect(sent).toBeGreaterThan(30 * TRIALS);
  expect(lost).toBe(0);
});
