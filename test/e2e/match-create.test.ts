import { expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import { type Nights, nights } from '../helpers/nights.ts';

const FAST = ['--search-rate', 'unlimited'];
const MAPPING = `
match: { email: email }
on_missing: create
inbox_id: 407
fields: { name: name, custom_attributes.n: n }
`;

/** Two contacts that nobody may touch; a new one gets the id 3. */
const others = [
  { id: 1, email: 'not.ann@example.com' },
  { id: 2, email: 'ann@example.com.au' },
];

async function account(options: EmulatorOptions = {}): Promise<Nights> {
  return nights(MAPPING, { contacts: 0, contactList: others, ...options });
}

/** Contacts beyond those that were there. */
function made({ emulator }: Nights): readonly number[] {
  return [3, 4, 5, 6].filter((id) => emulator.contact(id) !== undefined);
}

it('makes a contact with its attributes, once, and the second night sends nothing', async () => {
  const nightly = await account();
  const input = 'email,name,n\nann@example.com,Ann,1\n';

  const { rows, journal, sent } = await nightly.run(input, FAST);

  expect(rows[0]).toMatchObject({ status: 'created', contact_id: 3 });
  const types = ['run', 'intent', 'fields', 'sending', 'fields', 'row', 'end'];
  expect(journal.map(({ type }) => type)).toEqual(types);
  expect(sent.map(({ body }) => body)).toEqual([
    { inbox_id: 407, name: 'Ann', email: 'ann@example.com' },
    { custom_attributes: { n: '1' } },
  ]);
  expect(nightly.emulator.contact(3)).toMatchObject({ name: 'Ann', custom_attributes: { n: '1' } });
  await nightly.pull();
  expect((await nightly.run(input, FAST)).requests).toBe(0);
});

it('makes one contact of two rows with one new e-mail', async () => {
  const nightly = await account();
  const { rows } = await nightly.run('email,name,n\nann@example.com,Ann,1\nAnn@Example.com,Anna,2\n', FAST);
  expect(rows.map(({ status, contact_id }) => [status, contact_id])).toEqual([
    ['created', 3],
    ['updated', 3],
  ]);
  expect(made(nightly)).toEqual([3]);
  expect(nightly.emulator.contact(3)).toMatchObject({ name: 'Anna', custom_attributes: { n: '2' } });
});

it.each(['reset-before', 'reset-after', '504-after', 'cut', '500', '503'] as const)(
  'a POST that ends in %s makes one contact and touches no other',
  async (fault) => {
    const nightly = await account({ onRequest: () => nightly.emulator.set({ faults: {} }) });
    await nightly.pull(); // after it nobody is searched for: the POST is the first request
    nightly.emulator.set({ faults: { [fault]: 1 } });

    const { rows, code } = await nightly.run('email,name,n\nann@example.com,Ann,1\n', FAST);

    expect(code).toBe(0);
    expect(rows.map(({ status, contact_id }) => [status, contact_id])).toEqual([['created', 3]]);
    expect(made(nightly)).toEqual([3]);
    expect(nightly.emulator.contact(3)).toMatchObject({ name: 'Ann', custom_attributes: { n: '1' } });
    for (const { id, email } of others) {
      expect(nightly.emulator.contact(id)).toMatchObject({ email, custom_attributes: {} });
    }
  },
);

it('a contact that somebody made since the pull is found, and patched', async () => {
  const nightly = await account();
  await nightly.pull();
  nightly.emulator.edit(1, { email: 'ann@example.com' });
  const { rows, sent } = await nightly.run('email,name,n\nann@example.com,Ann,1\n', FAST);
  expect(rows[0]).toMatchObject({ status: 'updated', contact_id: 1 });
  expect(sent.map(({ contactId }) => contactId)).toEqual([1]);
  expect(made(nightly)).toEqual([]);
});
