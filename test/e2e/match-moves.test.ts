import { describe, expect, it } from 'vitest';
import { type Night, nights } from '../helpers/nights.ts';

const FAST = ['--search-rate', 'unlimited'];
/** Reads the list instead of searching. */
const LISTS = ['--search-rate', '0.1'];

const contact = (id: number, more: object) => ({ id, name: `Name ${id}`, ...more });
/** Status, and contact or code, of each row in the order of the input. */
const ends = (rows: Night['rows']) =>
  [...rows]
    .sort((a, b) => a.row - b.row)
    .map(({ status, contact_id, error }) => [status, contact_id ?? error?.code]);

describe('a key that the run itself moves', () => {
  const MAPPING = `
match: { identifier: crm, email: mail }
fields: { name: name, email: mail }
`;
  const contactList = [
    contact(5, { identifier: 'zq5', email: 'old@q.example' }),
    ...[6, 7, 8, 9, 10, 11, 12].map((id) => contact(id, { identifier: `zq${id}` })),
  ];
  const others = [6, 7, 8, 9, 10, 11, 12].map((id) => `zq${id},m${id}@q.example,n${id}\n`).join('');
  const csv = `crm,mail,name\nzq5,new@q.example,Five\n${others},old@q.example,Stranger\n`;

  it.each<[how: string, args: readonly string[], isPulled: boolean, isClose: boolean]>([
    ['is searched for', FAST, false, false],
    ['is in the list', LISTS, false, false],
    ['is in the state', FAST, true, false],
    ['is in the state, with the next row at once', FAST, true, true],
    ['is searched for, with the next row at once', FAST, false, true],
  ])('no longer leads to the contact that had it: %s', async (_how, args, isPulled, isClose) => {
    const { run, pull, emulator } = await nights(MAPPING, {
      contacts: 0,
      contactList,
      latencyMs: [20, 20],
    });
    if (isPulled) await pull();
    const input = isClose ? csv.replace(others, '') : csv;

    const { rows } = await run(input, isClose ? args : [...args, '--concurrency', '1']);

    expect(ends(rows)[0]).toEqual(['updated', 5]);
    expect(ends(rows).at(-1)).toEqual(['invalid', 'ERR_NO_MATCH']);
    expect(emulator.contact(5)).toMatchObject({ name: 'Five', email: 'new@q.example' });
  });

  it.each<[how: string, isPulled: boolean]>([
    ['searches', false],
    ['the state', true],
  ])('leads to the contact that got it, and not before: %s', async (_how, isPulled) => {
    const { run, pull, emulator } = await nights(MAPPING, {
      contacts: 0,
      contactList,
      latencyMs: [20, 20],
    });
    if (isPulled) await pull();
    const { rows } = await run(
      'crm,mail,name\nzq5,new@q.example,Five\nzq6,six@q.example,Six\n,new@q.example,Fünf\n',
      FAST,
    );
    expect(ends(rows)).toEqual([
      ['updated', 5],
      ['updated', 6],
      ['updated', 5],
    ]);
    expect(emulator.contact(5)).toMatchObject({ name: 'Fünf', email: 'new@q.example' });
  });
});

it('a row that waits for one whose write is held back ends when that is decided', async () => {
  const { run } = await nights(
    'match: { identifier: crm, email: mail }\nfields: { name: name, email: mail }\n',
    {
      contacts: 0,
      contactList: [contact(5, { identifier: 'zq5' }), contact(6, { identifier: 'zq6' })],
      contactFaults: { 5: '403' },
    },
  );
  const { rows } = await run(
    'crm,mail,name\nzq6,six@q.example,Six\nzq5,new@q.example,Five\n,new@q.example,Nobody\n',
    FAST,
  );
  expect(ends(rows)).toEqual([
    ['updated', 6],
    ['rejected', 5],
    ['invalid', 'ERR_NO_MATCH'],
  ]);
});

describe('a contact that has got a key since the pull', () => {
  const mapping = (match: string) => `
match: ${match}
on_missing: create
inbox_id: 407
fields: { name: name, email: mail }
`;
  it.each<[by: string, match: string, row: string]>([
    ['phone', '{ phone_number: phone }', '+4930123456,neu@q.example,Neu'],
    ['phone, without what a contact is made with', '{ phone_number: phone }', '+4930123456,,Neu'],
    ['the second key', '{ email: mail, phone_number: phone }', '+4930123456,neu@q.example,Neu'],
  ])('is found by %s, and no other is made', async (_by, match, row) => {
    const { run, pull, emulator } = await nights(mapping(match), { contacts: 30 });
    await pull();
    emulator.edit(7, { phone_number: '+4930123456' });

    const { rows, sent } = await run(`phone,mail,name\n${row}\n`, FAST);

    expect(ends(rows)).toEqual([['updated', 7]]);
    expect(sent.map(({ contactId }) => contactId)).toEqual([7]);
    expect(emulator.contact(31)).toBeUndefined();
    expect(emulator.contact(7)).toMatchObject({ name: 'Neu' });
  });
});

it.each([
  ['nothing', '+4930901825'],
  ['another row', '+4930901826'],
])(
  'a row goes to the contact that the pull saw, whatever of its keys it did not see, where %s has changed',
  async (_what, phone) => {
    const { run, pull, emulator } = await nights(
      'match: { identifier: key, email: mail }\nfields: { name: name, phone_number: phone }\n',
      { contacts: 30 },
    );
    emulator.edit(5, { email: 'five@q.example' });
    emulator.edit(6, { email: 'six@q.example' });
    await pull();
    const file = (last: string) =>
      `key,mail,phone,name\nK-9,five@q.example,+4930901821,Ann\n,six@q.example,${last},Bob\n`;
    expect(ends((await run(file('+4930901825'), FAST)).rows)).toEqual([
      ['updated', 5],
      ['updated', 6],
    ]);
    emulator.edit(7, { identifier: 'K-9' });

    const { rows } = await run(file(phone), FAST);

    expect(ends(rows)).toEqual([
      ['unchanged', 5],
      [phone === '+4930901825' ? 'unchanged' : 'updated', 6],
    ]);
    await pull();
    // now it is seen by its first key, and the phone is that of contact 5
    expect(ends((await run(file(phone), FAST)).rows)[0]).toEqual(['rejected', 7]);
  },
);

it('rows of one new contact by different keys make one contact', async () => {
  const { run, emulator } = await nights(
    `
match: { identifier: crm, email: mail }
on_missing: create
inbox_id: 407
fields: { name: name, email: mail }
`,
    { contacts: 0, contactList: [contact(1, {})], latencyMs: [10, 10] },
  );
  const { rows } = await run('crm,mail,name\nA,a@q.example,Ann\n,a@q.example,Anna\nA,,Anne\n', FAST);
  expect(ends(rows)).toEqual([
    ['created', 2],
    ['updated', 2],
    ['updated', 2],
  ]);
  expect(emulator.contact(2)).toMatchObject({ identifier: 'A', email: 'a@q.example', name: 'Anne' });
  expect(emulator.contact(3)).toBeUndefined();
});

it('a key that the row replaces is looked for before a contact is made without it', async () => {
  const { run, pull, emulator } = await nights(
    'match: { email: old }\non_missing: create\ninbox_id: 407\nfields: { name: name, email: new }\n',
    { contacts: 30 },
  );
  await pull();
  emulator.edit(7, { email: 'seven@q.example' });
  const { rows } = await run('old,new,name\nseven@q.example,neu@q.example,Neu\n', FAST);
  expect(ends(rows)).toEqual([['updated', 7]]);
  expect(emulator.contact(7)).toMatchObject({ name: 'Neu', email: 'neu@q.example' });
  expect(emulator.contact(31)).toBeUndefined();
});
