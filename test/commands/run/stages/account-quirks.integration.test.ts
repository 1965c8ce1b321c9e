import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/types.ts';
import type { EmulatorOptions } from '../../../../src/emulator/options.ts';
import { cliHere } from '../../../helpers/cli-here.ts';
import { nights } from '../../../helpers/nights.ts';

// what accounts hold, and what their channels refuse, as a user meets it (livedesk-api.md 5.4, 5.10, traps 39, 40)

const LONG = 'x'.repeat(256);
const ADA = { id: 1, name: 'Ada', email: 'ada@example.com', identifier: 'a1' };

/** An account, and runs of JSONL rows against it with a state. */
async function accountWith(options: EmulatorOptions) {
  const nightly = await nights('', { contacts: 0, searchLimit: null, ...options });
  const { emulator, dir, write, runWith, pull } = nightly;
  const run = async (mapping: object, rows: readonly JsonObject[], ...args: string[]) => {
    const input = write('in.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const map = write(
      'map.json',
      JSON.stringify({ version: 1, ...('match' in mapping ? {} : { contact_id: 'contact_id' }), ...mapping }),
    );
    const ended = await runWith([input, '-m', map, '--search-rate', 'unlimited', ...args]);
    expect([ended.code, ended.code === 2 ? ended.stderr : '']).not.toContain(2);
    return { ...ended, outcomes: ended.rows };
  };
  return { emulator, dir, run, pull };
}

describe('a city of more than 255 characters', () => {
  const city = { additional_attributes: 'merges', fields: { 'additional_attributes.city': 'city' } };
  const whole = {
    additional_attributes: 'merges',
    fields: { additional_attributes: { column: 'all', type: 'json' } },
  };

  test.each<[what: string, mapping: object, row: JsonObject]>([
    ['in a column', city, { contact_id: 1, city: LONG }],
    ['in a whole object', whole, { contact_id: 1, all: { city: LONG } }],
    ['as an object', city, { contact_id: 1, city: { name: LONG } }],
    ['as a list', whole, { contact_id: 1, all: { country: [LONG] } }],
  ])('is refused before it is sent: %s', async (_what, mapping, row) => {
    const { emulator, run } = await accountWith({ contactList: [ADA] });
    const { outcomes } = await run(mapping, [row]);
    expect(outcomes).toMatchObject([{ status: 'invalid', error: { code: 'ERR_TOO_LONG' } }]);
    expect(emulator.requests.length).toBe(0);
  });

  test('that a contact has is not sent along with another key', async () => {
    const contactList = [{ ...ADA, additional_attributes: { city: LONG, country: 'Germany' } }];
    const { emulator, run } = await accountWith({ contactList, additionalAttributes: 'replace' });
    const mapping = { fields: { 'additional_attributes.country': 'country' } };
    const { outcomes } = await run(mapping, [{ contact_id: 1, country: 'France' }]);
    expect(outcomes).toMatchObject([
      { status: 'invalid', error: { code: 'ERR_TOO_LONG', field: 'additional_attributes.city' } },
    ]);
    expect(emulator.journal).toEqual([]);
  });

  test('that a contact was given says what can be done', async () => {
    const contactList = [{ ...ADA, additional_attributes: { city: LONG } }];
    const { run } = await accountWith({ contactList });
    const { outcomes } = await run({ fields: { name: 'name' } }, [
      { contact_id: 1, name: 'A' },
      { contact_id: 1, name: 'B' },
    ]);
    expect(outcomes).toMatchObject([
      { status: 'updated' },
      {
        status: 'rejected',
        error: { code: 'ERR_STORED_RECORD', message: expect.stringContaining('delete the contact') },
      },
    ]);
  });

  test('is told by a pull', async () => {
    const contactList = [ADA, { id: 2, email: 'b@example.com', additional_attributes: { country: LONG } }];
    const { emulator, dir } = await accountWith({ contactList });
    const args = ['pull', '--state', join(dir, 'state'), '--base-url', emulator.url, '--rate', 'unlimited'];
    const { code, stdout, stderr } = await cliHere(args);
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 contact with a city or country over 255')]);
    expect(stderr).toContain('"contact_ids":[2]');
    expect(stderr + stdout).not.toContain('xxxx');
    expect(JSON.parse((await cliHere([...args, '--json'])).stdout)).toMatchObject({ overlong: 1 });
  });
});

describe('an inbox', () => {
  const mapping = (inbox: number) => ({
    match: { email: 'email' },
    on_missing: 'create',
    inbox_id: inbox,
    fields: { name: 'name' },
  });
  const rows = Array.from({ length: 12 }, (_, i) => ({ email: `n${i}@example.com`, name: `N${i}` }));

  test('through which nothing can be made ends the run after three rows', async () => {
    const { emulator, run } = await accountWith({ contactList: [ADA], inboxes: { '5': 'unsupported' } });
    const began = performance.now();
    const { code, stderr, stdout } = await run(mapping(5), rows, '--concurrency', '3');
    expect([code, stdout + stderr]).toEqual([3, expect.stringContaining('ERR_INBOX')]);
    expect(stdout + stderr).toContain('website or API channel');
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(emulator.requests.length).toBeLessThan(30);
    expect([...emulator.requests].filter(({ method }) => method === 'PATCH')).toEqual([]);
  });

  test('that works but breaks for some rows ends none but those', async () => {
    const { emulator, run } = await accountWith({ contactList: [ADA] });
    const { outcomes } = await run(mapping(407), rows.slice(0, 2));
    expect(outcomes.map(({ status }) => status)).toEqual(['created', 'created']);
    emulator.set({ inboxes: { '407': 'unsupported' } });
    const more = [{ email: 'late@example.com', name: 'Late' }];
    const { code, outcomes: ends } = await run(mapping(407), more, '--max-attempts', '2');
    expect([code, ends]).toMatchObject([1, [{ status: 'failed', error: { code: 'ERR_SERVER' } }]]);
  });

  test('that takes contacts with a phone only refuses those without', async () => {
    const { run } = await accountWith({ contactList: [ADA], inboxes: { '4': 'whatsapp' } });
    const { code, outcomes } = await run(mapping(4), rows.slice(0, 4));
    expect(code).toBe(1);
    expect(outcomes).toHaveLength(4);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'ERR_VALIDATION' } });
      expect(JSON.stringify(outcome)).toContain('contact phone number');
    }
  });
});

describe('a contact whose attributes are null in the database', () => {
  const rows = [{ contact_id: 1, plan: 'team' }];
  const legacy = { contactList: [ADA], nullAttributesOf: [1] };

  test('is healed after the second server error, and that is said', async () => {
    const { emulator, run } = await accountWith(legacy);
    const { code, outcomes, stderr } = await run({ fields: { 'custom_attributes.plan': 'plan' } }, rows);
    expect([code, outcomes]).toMatchObject([0, [{ status: 'updated' }]]);
    expect(emulator.contact(1)).toMatchObject({ custom_attributes: { plan: 'team' } });
    expect(stderr).toContain('an empty PATCH set them');
    expect(emulator.stats()).toMatchObject({ requests: 4, byStatus: { '200': 2, '500': 2 } });
  });

  test('is healed by the read, where one is made anyway', async () => {
    const { emulator, run } = await accountWith({ ...legacy, additionalAttributes: 'replace' });
    const mapping = { fields: { 'additional_attributes.city': 'city', 'custom_attributes.plan': 'plan' } };
    const { outcomes } = await run(mapping, [{ contact_id: 1, city: 'Bonn', plan: 'team' }]);
    expect(outcomes).toMatchObject([{ status: 'updated' }]);
    expect(emulator.stats().byStatus).toEqual({ '200': 2 });
  });

  test('a contact that breaks for another reason gets one empty PATCH, no more', async () => {
    const { emulator, run } = await accountWith({
      contactList: [ADA, { id: 2, email: 'b@x.yz' }],
      contactFaults: { 1: '500' },
    });
    const { outcomes } = await run(
      { fields: { 'custom_attributes.plan': 'plan' } },
      [...rows, { contact_id: 2, plan: 'x' }],
      '--max-attempts',
      '3',
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['failed', 'updated']);
    expect([...emulator.requests].filter(({ contactId }) => contactId === 1)).toHaveLength(4);
  });
});

test('a row that clears the last key of a contact is warned of', async () => {
  const { run } = await accountWith({
    contactList: [ADA, { ...ADA, id: 2, email: 'b@x.yz', identifier: 'b', phone_number: '+15551112222' }],
  });
  const clear = (column: string) => ({ column, empty: 'clear' });
  const fields = {
    email: clear('email'),
    phone_number: clear('phone_number'),
    identifier: clear('identifier'),
    name: 'name',
  };
  const { stderr, stdout } = await run({ fields }, [
    { contact_id: 1, email: '', phone_number: '', identifier: '', name: 'Ada' },
    { contact_id: 2, email: '', phone_number: '+15551112222', identifier: '', name: 'Bob' },
  ]);
  expect(stderr.match(/no e-mail, phone or identifier any more/g)).toHaveLength(1);
  expect(stderr).toMatch(/"contact_id":1[,}].*any more/);
  expect(stdout).toContain('cleared the last of e-mail, phone and identifier');
});

test('a dry run warns of it before it is written, as far as the state knows the contact', async () => {
  const { run, pull, emulator } = await accountWith({
    contactList: [
      ADA,
      { ...ADA, id: 2, email: 'b@x.yz', identifier: null },
      { ...ADA, id: 3, email: 'c@x.yz' },
    ],
  });
  const clear = (column: string) => ({ column, empty: 'clear' });
  const rows = [
    { contact_id: 1, email: '', phone_number: '', identifier: '' },
    { contact_id: 2, email: '' },
    { contact_id: 3, email: '' },
  ];
  const all = { email: clear('email'), phone_number: clear('phone_number'), identifier: clear('identifier') };
  const warned = ({ stderr }: { stderr: string }) =>
    [...stderr.matchAll(/"contact_id":(\d+)[^\n]*would have no e-mail/g)].map(([, id]) => Number(id));

  const blind = await run({ fields: all }, rows.slice(0, 1), '--dry-run');
  expect(warned(blind)).toEqual([1]);
  await pull();
  const known = await run({ fields: { email: clear('email') } }, rows, '--dry-run');
  expect(warned(known)).toEqual([2]);
  expect(known.stdout).toContain('would clear the last of e-mail, phone and identifier');
  expect(emulator.journal).toEqual([]);
});

describe('lists', () => {
  test('are compared as the API keeps them: without nulls', async () => {
    const { run, pull } = await accountWith({ contactList: [ADA] });
    const mapping = { fields: { 'custom_attributes.tags': { column: 'tags', type: 'json' } } };
    await pull();
    const first = await run(mapping, [{ contact_id: 1, tags: ['a', null, 'b'] }]);
    expect(first.outcomes).toMatchObject([{ status: 'updated' }]);
    expect(first.outcomes[0]).not.toHaveProperty('not_applied');
    await pull();
    const second = await run(mapping, [{ contact_id: 1, tags: ['a', null, 'b'] }]);
    expect(second.outcomes).toMatchObject([{ status: 'unchanged' }]);
  });

  test('within lists are refused: the API would drop them', async () => {
    const { run } = await accountWith({ contactList: [ADA] });
    const mapping = { fields: { 'custom_attributes.tags': { column: 'tags', type: 'json' } } };
    const { outcomes } = await run(mapping, [{ contact_id: 1, tags: ['a', ['b']] }]);
    expect(outcomes).toMatchObject([{ status: 'invalid', error: { code: 'ERR_JSON' } }]);
  });
});
