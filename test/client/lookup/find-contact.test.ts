import { describe, expect, test } from 'vitest';
import {
  createFinder,
  type FinderOptions,
  type LookupResult,
} from '../../../src/client/lookup/find-contact.ts';
import { hasKey } from '../../../src/client/lookup/match-key.ts';
import type { Hits, Search } from '../../../src/client/lookup/search.ts';
import type { ReadPage } from '../../../src/client/resilience/retry-read.ts';
import type { JsonObject, KeyField, MatchKey } from '../../../src/core/types.ts';

const key = (value: string, field: KeyField = 'email'): MatchKey => ({ field, value });
const person = (n: number): JsonObject => ({ id: n, email: `p${n}@example.com`, identifier: `crm-${n}` });

/** A finder over an account in memory, and what it asked for. */
function finderOver(contacts: JsonObject[], options: Partial<FinderOptions> = {}) {
  const searched: string[] = [];
  const listed: number[] = [];
  const told: string[] = [];
  const search: Search = async (wanted) => {
    searched.push(wanted.value);
    await new Promise(setImmediate);
    return { kind: 'hits', contacts: contacts.filter((one) => hasKey(one, wanted)) };
  };
  const ask: ReadPage = async ({ path }) => {
    const page = Number(new URL(path, 'http://localhost').searchParams.get('page'));
    listed.push(page);
    await new Promise(setImmediate);
    return {
      kind: 'page',
      page: { count: contacts.length, contacts: contacts.slice((page - 1) * 15, page * 15) },
    };
  };
  const finder = createFinder({
    search,
    ask,
    listWidth: 4,
    rate: 10,
    searchRate: 1,
    onChoice: ({ how, listSeconds, searchSeconds }) =>
      told.push(`${how}: list ${listSeconds} s, search ${searchSeconds} s`),
    onListFailed: ({ kind }) => told.push(`list failed: ${kind}`),
    ...options,
  });
  return { finder, searched, listed, told };
}

const PEOPLE = Array.from({ length: 300 }, (_, i) => person(i + 1));
const one = (id: number): LookupResult => ({ kind: 'one', id });

describe('the first key that finds anything decides', () => {
  const contacts: JsonObject[] = [
    { id: 1, identifier: 'a', email: 'x@y.z' },
    { id: 2, email: 'b@y.z', phone_number: '+15550001' },
    { id: 3, phone_number: '+15550001' },
  ];
  test.each<[what: string, keys: MatchKey[], found: LookupResult]>([
    ['the first', [key('a', 'identifier'), key('b@y.z')], one(1)],
    ['the second', [key('no', 'identifier'), key('b@y.z')], one(2)],
    ['none', [key('no', 'identifier'), key('no@y.z')], { kind: 'none' }],
    [
      'several, though a later key would find one',
      [key('+15550001', 'phone_number'), key('b@y.z')],
      { kind: 'several', key: key('+15550001', 'phone_number'), ids: [2, 3] },
    ],
    ['no key', [], { kind: 'none' }],
  ])('%s', async (_what, keys, found) => {
    const { finder } = finderOver(contacts);
    expect(await finder.find(keys)).toEqual(found);
    expect(finder.known(keys)).toEqual(found);
  });
});

describe('answers are remembered', () => {
  test('one search for a key, and for all who ask at the same time', async () => {
    const { finder, searched } = finderOver(PEOPLE);
    const keys = [key('p7@example.com')];
    expect(finder.known(keys)).toBeUndefined();
    expect(await Promise.all([finder.find(keys), finder.find(keys)])).toEqual([one(7), one(7)]);
    expect(await finder.find(keys)).toEqual(one(7));
    expect(searched).toEqual(['p7@example.com']);
  });

  test('a contact that was made is found', async () => {
    const contacts = [...PEOPLE];
    const { finder } = finderOver(contacts);
    const keys = [key('new@example.com')];
    expect(await finder.find(keys)).toEqual({ kind: 'none' });
    const made = { id: 999, email: 'new@example.com' };
    contacts.push(made);
    finder.learn(made);
    expect(await finder.find(keys)).toEqual(one(999));
  });

  test('a contact with a new e-mail is no longer found by the old one', async () => {
    const contacts = PEOPLE.map((contact) => ({ ...contact }));
    const { finder } = finderOver(contacts);
    expect(await finder.find([key('p7@example.com')])).toEqual(one(7));
    Object.assign(contacts[6] ?? {}, { email: 'q7@example.com' });
    finder.learn({ id: 7, email: 'q7@example.com' });
    expect(await finder.find([key('p7@example.com')])).toEqual({ kind: 'none' });
    expect(await finder.find([key('q7@example.com')])).toEqual(one(7));
  });
});

describe('searches or a list', () => {
  const all = (finder: ReturnType<typeof finderOver>['finder'], n: number) =>
    Promise.all(PEOPLE.slice(0, n).map(({ email }) => finder.find([key(String(email))])));

  test('the list, where the keys are many', async () => {
    const { finder, searched, listed, told } = finderOver(PEOPLE, { keys: 300 });
    expect(await all(finder, 300)).toEqual(PEOPLE.map(({ id }) => one(Number(id))));
    expect(searched).toEqual([]);
    expect(told).toEqual(['list: list 2 s, search 300 s']);
    expect(listed.length).toBeLessThan(26);
    expect(finder.known([key('nobody@example.com')])).toEqual({ kind: 'none' });
  });

  test('searches, where they are few', async () => {
    const { finder, searched, listed, told } = finderOver(PEOPLE, { keys: 20, rate: 0.5 });
    await all(finder, 20);
    expect(searched).toHaveLength(20);
    expect(listed).toEqual([1]);
    expect(told).toEqual(['search: list 40 s, search 40 s']);
  });

  test('a handful of keys is not worth a look at the size of the account', async () => {
    const { finder, listed } = finderOver(PEOPLE, { keys: 3 });
    await all(finder, 3);
    expect(listed).toEqual([]);
  });

  test('where nobody counted the keys: the list once searches took as long as it would', async () => {
    const { finder, searched, told } = finderOver(PEOPLE, { rate: 1 });
    for (const { email } of PEOPLE.slice(0, 100)) await finder.find([key(String(email))]);
    expect(searched).toHaveLength(21);
    expect(told).toEqual(['search: list 20 s, search 6 s', 'list: list 20 s, search 21 s']);
  });

  test('after the list: what changes is followed', async () => {
    const { finder } = finderOver(PEOPLE, { keys: 300 });
    await all(finder, 1);
    finder.learn({ id: 7, email: 'new@example.com' });
    expect(finder.known([key('new@example.com')])).toEqual(one(7));
    expect(finder.known([key('p7@example.com')])).toEqual({ kind: 'none' });
    expect(finder.known([key('crm-7', 'identifier')])).toEqual(one(7));
  });

  test('what changes while the list is read is not lost to what the list says', async () => {
    const { finder, listed } = finderOver(PEOPLE, { keys: 300 });
    const reading = finder.find([key('p1@example.com')]);
    while (listed.length < 3) await new Promise(setImmediate);
    finder.learn({ id: 7, email: 'new@example.com' });
    await reading;
    expect(finder.known([key('new@example.com')])).toEqual(one(7));
    expect(finder.known([key('p7@example.com')])).toEqual({ kind: 'none' });
  });

  test('a list that is not given: searches', async () => {
    let asked = 0;
    const ask: ReadPage = async () => {
      asked += 1;
      const page = { count: 300, contacts: PEOPLE.slice(0, 15) };
      if (asked < 4) return { kind: 'page', page };
      return { kind: 'refused', status: 'failed', code: 'ERR_SERVER', api: { status: 500 } };
    };
    const { finder, searched, told } = finderOver(PEOPLE, { keys: 300, ask });
    expect(await all(finder, 10)).toHaveLength(10);
    expect(searched).toHaveLength(10);
    expect(told).toEqual(['list: list 2 s, search 300 s', 'list failed: refused']);
  });
});

test('after a pull nobody is asked', async () => {
  const pulled = { find: ({ value }: MatchKey) => (value === 'p1@example.com' ? [1] : []) };
  const { finder, searched, listed } = finderOver(PEOPLE, { pulled, keys: 300 });
  expect(finder.known([key('p1@example.com')])).toEqual(one(1));
  expect(await finder.find([key('p2@example.com')])).toEqual({ kind: 'none' });
  expect([...searched, ...listed]).toEqual([]);
});

describe('a search that does not tell', () => {
  test.each<[what: string, hits: Hits, found: unknown]>([
    ['the run stops', 'pending', 'pending'],
    [
      'too many',
      { kind: 'too_many', seen: 300 },
      { kind: 'refused', status: 'invalid', error: { code: 'ERR_TOO_MANY', field: 'email' } },
    ],
    [
      'no answer',
      {
        kind: 'refused',
        status: 'failed',
        code: 'ERR_SERVER',
        api: { status: 500, text: 'no p1@example.com' },
      },
      { kind: 'refused', status: 'failed', error: { code: 'ERR_SERVER' } },
    ],
  ])('%s', async (_what, hits, found) => {
    const { finder } = finderOver(PEOPLE, { search: async () => hits });
    const answer = await finder.find([key('p1@example.com')]);
    if (typeof found === 'string') expect(answer).toBe(found);
    else expect(answer).toMatchObject(found as object);
    expect(JSON.stringify(answer)).not.toContain('p1@');
    expect(finder.known([key('p1@example.com')])).toBeUndefined();
  });
});

describe('after a pull', () => {
  const pulled = { find: ({ value }: MatchKey) => (value === 'p1@example.com' ? [1] : []) };

  test('who was seen is not looked for, and who was not is missing', async () => {
    const { finder, searched } = finderOver(PEOPLE, { pulled });
    expect(finder.known([key('p1@example.com')])).toEqual(one(1));
    expect(finder.known([key('p2@example.com')])).toEqual({ kind: 'none' });
    expect(searched).toEqual([]);
  });

  test('a few who were not seen are searched for, once each: they may have been made since', async () => {
    const { finder, searched } = finderOver(PEOPLE, { pulled, missesChecked: 2 });
    expect(finder.known([key('p2@example.com')])).toBeUndefined();
    expect(await finder.find([key('p2@example.com')])).toEqual(one(2));
    expect(await finder.find([key('nobody@example.com')])).toEqual({ kind: 'none' });
    expect(await finder.find([key('p2@example.com')])).toEqual(one(2));
    expect(finder.known([key('p3@example.com')])).toEqual({ kind: 'none' });
    expect(searched).toEqual(['p2@example.com', 'nobody@example.com']);
  });
});
