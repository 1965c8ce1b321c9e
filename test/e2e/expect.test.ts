import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { nights } from '../helpers/nights.ts';

const BY_ID = `
contact_id: id
fields: { name: name, email: mail }
expect: { identifier: crm }
`;
const contact = (id: number, identifier: string, more: JsonObject = {}) => ({ id, identifier, ...more });
const contactList = [
  contact(1, 'crm-A', { name: 'Anna', email: 'anna@q.example' }),
  contact(2, 'crm-B', { name: 'Ben', email: 'ben@q.example' }),
];
const bodies = (sent: readonly { contactId: number; body: JsonObject }[]) =>
  sent.map(({ contactId, body }) => [contactId, body]);

it('a contact without the expected value is not written', async () => {
  const { run, emulator } = await nights(BY_ID, { contacts: 0, contactList });

  const { rows, sent, code, requests } = await run('id,crm,name,mail\n1,crm-B,Ben,ben.new@q.example\n');

  expect(code).toBe(1);
  expect(rows).toMatchObject([
    { status: 'invalid', contact_id: 1, error: { code: 'ERR_WRONG_CONTACT', field: 'identifier' } },
  ]);
  expect(sent).toEqual([]);
  expect(requests).toBe(1);
  expect(emulator.contact(1)).toMatchObject({ name: 'Anna', email: 'anna@q.example' });
});

it('is asked once for each contact and value, over rows and nights', async () => {
  const { run, emulator } = await nights(BY_ID.replace(', email: mail', ''), { contacts: 0, contactList });
  const first = await run('id,crm,name\n1,crm-A,Anna B\n1,crm-A,Anna C\n2,crm-B,Ben B\n');
  expect([first.sent.length, first.requests]).toEqual([3, 5]);

  const second = await run('id,crm,name\n1,crm-A,Anna D\n');
  expect(bodies(second.sent)).toEqual([[1, { name: 'Anna D' }]]);
  expect(second.requests).toBe(1);

  // another value is another question
  const third = await run('id,crm,name\n1,crm-X,Anna E\n');
  expect([third.sent.length, third.requests]).toEqual([0, 1]);
  expect(emulator.contact(1)).toMatchObject({ name: 'Anna D' });
});

it('one read serves what is expected and additional_attributes', async () => {
  const { run, emulator } = await nights(
    'contact_id: id\nfields: { additional_attributes.city: city }\nexpect: { identifier: crm }\n',
    {
      contacts: 0,
      contactList: contactList.map((one) => ({ ...one, additional_attributes: { company_name: 'Acme' } })),
    },
  );
  const { sent, rows, requests } = await run('id,crm,city\n1,crm-A,Ulm\n2,crm-A,Ulm\n');
  expect(rows.map(({ status }) => status).sort()).toEqual(['invalid', 'updated']);
  expect(bodies(sent)).toEqual([[1, { additional_attributes: { company_name: 'Acme', city: 'Ulm' } }]]);
  expect(requests).toBe(3);
  expect(emulator.contact(2)).toMatchObject({ additional_attributes: { company_name: 'Acme' } });
});

it('the answer of a search counts, and a contact that is made is not asked', async () => {
  const { run, emulator } = await nights(
    `
match: { email: mail }
on_missing: create
inbox_id: 407
fields: { name: name, custom_attributes.n: name }
expect: { identifier: crm }
`,
    { contacts: 0, contactList },
  );
  const { rows, sent } = await run(
    'mail,crm,name\nanna@q.example,crm-A,Ann\nben@q.example,crm-X,Benny\nneu@q.example,crm-N,Neu\n',
    ['--search-rate', 'unlimited', '--concurrency', '1'],
  );
  expect(rows.map(({ status, contact_id }) => [contact_id, status])).toEqual([
    [1, 'updated'],
    [2, 'invalid'],
    [3, 'created'],
  ]);
  expect(bodies(sent)).toEqual([
    [1, { name: 'Ann', custom_attributes: { n: 'Ann' } }],
    [3, { inbox_id: 407, name: 'Neu', email: 'neu@q.example' }],
    [3, { custom_attributes: { n: 'Neu' } }],
  ]);
  expect([...emulator.requests].filter(({ method }) => method === 'PATCH')).toHaveLength(3);
  expect(emulator.contact(2)).toMatchObject({ name: 'Ben' });
});

it('a pull counts, and a contact that has lost the value since is found out by its answer', async () => {
  const { run, pull, emulator } = await nights(BY_ID.replace(', email: mail', ''), {
    contacts: 0,
    contactList,
  });
  await pull();
  const first = await run('id,crm,name\n1,crm-A,Anna B\n');
  expect([first.sent.length, first.requests]).toEqual([1, 1]);

  emulator.edit(1, { identifier: 'crm-Z' });
  const second = await run('id,crm,name\n1,crm-A,Anna C\n');
  expect(second.rows).toMatchObject([{ status: 'invalid', error: { code: 'ERR_WRONG_CONTACT' } }]);
  const third = await run('id,crm,name\n1,crm-A,Anna D\n');
  expect([third.sent.length, third.requests]).toEqual([0, 1]);
});

it('a row may change what it expects', async () => {
  const { run, emulator } = await nights(
    'contact_id: id\nfields: { identifier: new }\nexpect: { identifier: old }\n',
    { contacts: 0, contactList },
  );
  const { rows } = await run('id,old,new\n1,crm-A,crm-C\n1,crm-C,crm-D\n');
  expect(rows.map(({ status }) => status)).toEqual(['updated', 'updated']);
  expect(emulator.contact(1)).toMatchObject({ identifier: 'crm-D' });
});

it('a dry run sends nothing and says what reading costs', async () => {
  const { run } = await nights(BY_ID.replace(', email: mail', ''), { contacts: 0, contactList });
  const { requests, summary } = await run('id,crm,name\n1,crm-A,Anna B\n1,crm-A,Anna C\n2,crm-B,Ben\n', [
    '--dry-run',
  ]);
  expect(requests).toBe(0);
  expect(summary.forecast).toMatchObject({ requests: 5, reads: 2 });
});
