import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListEstimate } from '../../../src/client/lookup/estimate-list.ts';
import { type ListingProgress, listContacts } from '../../../src/client/lookup/list-contacts.ts';
import type { AgeTies } from '../../../src/client/lookup/list-order.ts';
import type { ReadPage } from '../../../src/client/resilience/retry-read.ts';
import type { JsonObject } from '../../../src/core/types.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import { emulatorHere } from '../../helpers/emulator-here.ts';
import { lookupsAt } from './lookups.ts';

interface Stored {
  readonly id: number;
  readonly createdAt: number;
}

/** An account whose list changes while it is read. */
class Account {
  contacts: Stored[];
  requests: string[] = [];
  #nextId: number;
  readonly pageSize: (asked: number) => number;

  constructor(size: number, pageSize: (asked: number) => number = () => 15) {
    this.contacts = Array.from({ length: size }, (_, i) => ({ id: i + 1, createdAt: (i + 1) * 10 }));
    this.#nextId = size + 1;
    this.pageSize = pageSize;
  }

  add(): void {
    const id = this.#nextId++;
    this.contacts.push({ id, createdAt: id * 10 });
  }

  /** One that was there without being listed gets an e-mail. */
  reveal(place: number): void {
    const at = place % (this.contacts.length + 1);
    const before = this.contacts[at - 1]?.createdAt ?? 0;
    this.contacts.splice(at, 0, { id: this.#nextId++ * 1_000_000, createdAt: before + 1 });
  }

  remove(place: number): void {
    if (this.contacts.length > 0) this.contacts.splice(place % this.contacts.length, 1);
  }

  page(path: string): { count: number; contacts: JsonObject[] } {
    this.requests.push(path);
    const query = new URL(path, 'http://localhost').searchParams;
    const size = this.pageSize(Number(query.get('page_size') ?? 15));
    const start = (Number(query.get('page')) - 1) * size;
    const contacts = this.contacts
      .slice(start, start + size)
      .map(({ id, createdAt }) => ({ id, created_at: createdAt }));
    return { count: this.contacts.length, contacts };
  }

  ask: ReadPage = async ({ path }) => ({ kind: 'page', page: this.page(path) });
}

/** Lists an account; `met` are the ids in order of their first meeting, those of an earlier process included. */
async function list(
  account: { ask: ReadPage; ties?: AgeTies | undefined },
  width = 1,
  from?: ListingProgress,
  metBefore = new Set<unknown>(),
) {
  let forecast: ListEstimate | undefined;
  const met = new Set(metBefore);
  const progress: ListingProgress[] = [];
  const listed = await listContacts(
    {
      ask: account.ask,
      ties: account.ties,
      width,
      onForecast: (seen) => {
        forecast = seen;
      },
      meet(contacts) {
        const before = met.size;
        for (const { id } of contacts) met.add(id);
        return met.size - before;
      },
      onProgress: (now) => {
        progress.push(now);
      },
    },
    from,
  );
  return { listed, met, progress, forecast };
}

const pagesAsked = (account: Account): (string | null)[] =>
  account.requests.map((path) => new URL(path, 'http://localhost').searchParams.get('page'));

describe('an account that stands still', () => {
  test.each([
    [0, 1],
    [1, 1],
    [15, 1],
    [16, 1],
    [100, 1],
    [100, 4],
    [1_000, 16],
  ])('of %i contacts, %i pages at a time', async (size, width) => {
    const { listed, met } = await list(new Account(size), width);
    expect(listed).toEqual({ kind: 'listed', count: size, met: size, isComplete: true });
    expect(met.size).toBe(size);
  });

  test('is read from the last page to the first, with one request before', async () => {
    const account = new Account(46);
    await list(account);
    expect(pagesAsked(account)).toEqual(['1', '4', '3', '2', '1']);
    expect(account.requests[0]).toContain('page_size=100');
    expect(account.requests[1]).not.toContain('page_size');
    expect(account.requests[1]).toContain(
      'sort=created_at,email,phone_number,name&direction=asc&include_contact_inboxes=false',
    );
  });

  test.each([
    ['100', (asked: number) => asked, 11, 100],
    ['at most 50', (asked: number) => Math.min(asked, 50), 21, 50],
    ['always 20', () => 20, 51, 20],
  ])('is read in larger pages where they are given: %s', async (_what, pageSize, requests, size) => {
    const account = new Account(1_000, pageSize);
    const { listed, forecast } = await list(account);
    expect(forecast).toMatchObject({ count: 1_000, pageSize: size, pages: 1_000 / size });
    expect(listed).toMatchObject({ kind: 'listed', isComplete: true });
    expect(account.requests.length).toBe(requests);
  });
});

describe('an account that changes', () => {
  /** What happens before which request; pages of four make many of them. */
  const changes = (...what: readonly ('add' | 'remove' | 'reveal')[]) =>
    fc.array(fc.record({ at: fc.nat(60), what: fc.constantFrom(...what), place: fc.nat(200) }), {
      maxLength: 20,
    });

  test.each([
    ['contacts are made and deleted', 1, ['add', 'remove']],
    ['contacts are made and deleted', 2, ['add', 'remove']],
    ['contacts are made and deleted', 4, ['add', 'remove']],
    ['contacts are made, and come into the middle', 1, ['add', 'reveal']],
    ['contacts are made, and come into the middle', 2, ['add', 'reveal']],
    ['contacts are made, and come into the middle', 4, ['add', 'reveal']],
  ] as const)('%s, with %i pages at a time: who is there all the time is met', async (_what, width, what) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 30, max: 200 }),
        changes(...what),
        fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
        async (size, happens, delays) => {
          const account = new Account(size, () => 4);
          const atFirst = account.contacts.map(({ id }) => id);
          let n = 0;
          const ask: ReadPage = async ({ path }) => {
            const number = n++;
            for (let turns = delays[number % delays.length] ?? 0; turns > 0; turns -= 1) await nextTurn();
            for (const { what, place } of happens.filter(({ at }) => at === number)) account[what](place);
            return { kind: 'page', page: account.page(path) };
          };
          const { listed, met } = await list({ ask }, width);
          const there = new Set(account.contacts.map(({ id }) => id));
          expect(atFirst.filter((id) => there.has(id) && !met.has(id))).toEqual([]);
          expect(listed).toMatchObject({ kind: 'listed', isComplete: true, met: met.size });
          expect(n).toBeLessThan(6 * (size / 4) + 100);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('contacts of one import', () => {
  /** What a listing of an emulated account asks, sort by sort, and whom it meets. */
  async function listAt(
    options: EmulatorOptions,
    width = 1,
    onRequest: (emulator: Emulator) => void = () => {},
    ties?: AgeTies,
  ) {
    const emulator = await emulatorHere(options);
    const { ask } = lookupsAt(emulator);
    const sorts: string[] = [];
    const counting: ReadPage = (request) => {
      const query = new URL(request.path, 'http://localhost').searchParams;
      sorts.push(`${query.get('sort')?.split(',', 1)} ${query.get('direction')}`);
      onRequest(emulator);
      return ask(request);
    };
    return { ...(await list({ ask: counting, ties }, width)), requests: sorts.length, sorts: new Set(sorts) };
  }
  /** Two thirds have an e-mail, two thirds a phone, nobody any activity; a sixth has an identifier alone. */
  const mixed = Array.from({ length: 900 }, (_, i) => ({
    id: i + 1,
    name: `Name ${i}`,
    identifier: `crm-${i}`,
    email: i % 3 === 0 ? null : `c${(i * 7_919) % 900}@example.com`,
    phone_number: i % 3 === 0 && i % 2 ? null : `+1555${1_000_000 + i}`,
    created_at: 1_700_000_000 + Math.floor(i / 60),
  }));

  /** A third has an identifier alone, and its name with many others. */
  const namesakes = mixed.map((one, i) => ({
    ...one,
    phone_number: null,
    name: `Name ${i % 60}`,
  }));

  test.each<[what: string, options: EmulatorOptions, requests: number]>([
    ['one of 750', { contacts: 900, imported: 750 }, 140],
    ['fifteen of 60', { contacts: 900, imported: Array(15).fill(60) }, 135],
    ['fifteen of 60, a third without e-mail', { contactList: mixed }, 210],
    ['fifteen of 60, a third an identifier alone, names shared', { contactList: namesakes }, 280],
    ['the whole account', { contacts: 900, imported: 900 }, 135],
  ])('%s: all are met, whatever the API takes of several sort keys', async (_what, options, requests) => {
    const untied = await listAt({ ...options, sortKeys: 'several' });
    expect(untied.listed).toEqual({ kind: 'listed', count: 900, met: 900, isComplete: true });
    expect(untied.requests).toBe(61);
    for (const sortKeys of ['first', 'ignored', 'refused'] as const) {
      for (const width of [1, 8]) {
        const { listed, met, requests: asked } = await listAt({ ...options, sortKeys }, width);
        expect(listed).toMatchObject({ count: 900, isComplete: true });
        expect(met.size).toBe(900);
        expect([sortKeys, width, asked <= requests + 2 * width]).toEqual([sortKeys, width, true]);
      }
    }
  });

  test('that have nothing of their own are said to be missing', async () => {
    const contactList = Array.from({ length: 900 }, (_, i) => ({ id: i + 1, identifier: `x${i}` }));
    const { listed, met, sorts } = await listAt({ contactList, sortKeys: 'first' });
    expect(listed).toEqual({ kind: 'listed', count: 900, met: met.size, isComplete: false });
    expect(met.size).toBeLessThan(900);
    expect([...sorts]).toEqual([
      'created_at asc',
      'name asc',
      'email asc',
      'last_activity_at desc',
      'phone_number asc',
    ]);
  });

  test.each<[options: EmulatorOptions, ties: AgeTies, requests: number]>([
    [{ contacts: 900, imported: 750, sortKeys: 'several' }, 'sorted', 61],
    [{ contacts: 900, imported: 900, sortKeys: 'first' }, 'uncertain', 130],
    [{ contacts: 900, imported: 750, sortKeys: 'refused' }, 'uncertain', 130],
    [{ contactList: mixed, sortKeys: 'first' }, 'uncertain', 205],
    [
      {
        contactList: mixed.map((one, i) => ({ ...one, created_at: 1_700_000_000 + i / 50 })),
        sortKeys: 'first',
      },
      'kept',
      61,
    ],
  ])('are all met where it is known how they stand: %j, %s', async (options, ties, requests) => {
    const blind = await listAt(options);
    const knowing = await listAt(options, 1, undefined, ties);
    expect(knowing.listed).toMatchObject({ count: 900, met: 900, isComplete: true });
    expect(knowing.requests).toBeLessThanOrEqual(Math.min(blind.requests, requests));
    if (ties === 'uncertain') expect([...knowing.sorts]).not.toContain('created_at desc');
  });

  test('that are said to keep their order and do not are met all the same', async () => {
    for (const ties of ['kept', 'sorted', 'uncertain'] as const) {
      const { listed } = await listAt(
        { contacts: 900, imported: 750, sortKeys: 'first' },
        4,
        undefined,
        ties,
      );
      expect(listed).toMatchObject({ count: 900, met: 900, isComplete: true });
    }
  });

  test('are told from contacts that were made in bulk, which keep their order', async () => {
    const contactList = mixed.map((one, i) => ({ ...one, created_at: 1_700_000_000 + i / 50 }));
    const { listed, requests } = await listAt({ contactList, sortKeys: 'first' });
    expect(listed).toMatchObject({ met: 900, isComplete: true });
    expect(requests).toBeLessThanOrEqual(61 + 6);
  });

  test('are all met while contacts are made, changed and deleted', async () => {
    let n = 0;
    const touched = new Set<number>();
    const { listed, met } = await listAt(
      { contacts: 900, imported: 750, sortKeys: 'first' },
      4,
      (emulator) => {
        n += 1;
        const id = ((n * 7_919) % 900) + 1;
        if (n % 10 !== 0 || touched.has(id)) return;
        touched.add(id);
        if (n % 20 === 0) emulator.remove(id);
        else emulator.edit(id, { email: `edited.${n}@example.com` });
      },
    );
    expect(listed).toMatchObject({ isComplete: true });
    const missing = Array.from({ length: 900 }, (_, i) => i + 1).filter(
      (id) => !met.has(id) && !touched.has(id),
    );
    expect(missing).toEqual([]);
  });
});

describe('a listing that is cut off', () => {
  const cutAfter = (account: Account, requests: number): ReadPage => {
    let n = 0;
    return async (request) => {
      n += 1;
      return n > requests ? 'pending' : account.ask(request);
    };
  };

  test('is gone on with at the page where it stopped, and ends where it began', async () => {
    const account = new Account(150);
    const first = await list({ ask: cutAfter(account, 6) });
    expect(first.listed).toBe('pending');
    const reached = first.progress.at(-1);
    expect(reached).toEqual({ sweep: 'age', done: [], next: 5, met: 75, count: 150, arrived: 0, left: 0 });
    for (let i = 0; i < 20; i += 1) account.add();
    account.requests = [];

    const second = await list(account, 1, reached, first.met);

    expect(second.listed).toEqual({ kind: 'listed', count: 170, met: 170, isComplete: true });
    expect(pagesAsked(account)).toEqual(['1', '7', '6', '5', '4', '3', '2', '1', '12', '11']);
    expect(new Set([...first.met, ...second.met]).size).toBe(170);
  });

  test('misses nobody whom contacts that came into the middle moved up', async () => {
    const account = new Account(150);
    const first = await list({ ask: cutAfter(account, 6) });
    for (let i = 0; i < 20; i += 1) account.reveal(i);
    const second = await list(account, 4, first.progress.at(-1), first.met);
    expect(second.listed).toMatchObject({ kind: 'listed', count: 170, isComplete: true });
    expect(new Set([...first.met, ...second.met]).size).toBe(170);
  });

  test.each(Array.from({ length: 13 }, (_, i) => i))(
    'after %i requests: nobody is missing',
    async (requests) => {
      const account = new Account(150);
      const first = await list({ ask: cutAfter(account, requests) });
      const second = await list(account, 4, first.progress.at(-1), first.met);
      expect(second.listed).toMatchObject({ kind: 'listed', isComplete: true });
      expect(new Set([...first.met, ...second.met]).size).toBe(150);
    },
  );
});

describe('a list that is not given', () => {
  test('tells why', async () => {
    const refusal = { kind: 'refused', status: 'failed', code: 'ERR_SERVER', api: { status: 500 } } as const;
    expect((await list({ ask: async () => refusal })).listed).toEqual(refusal);
  });

  test('counts must be told', async () => {
    const page = { count: undefined, contacts: [{ id: 1 }] };
    const { listed } = await list({ ask: async () => ({ kind: 'page', page }) });
    expect(listed).toMatchObject({ kind: 'refused', code: 'ERR_NO_COUNT' });
  });
});
