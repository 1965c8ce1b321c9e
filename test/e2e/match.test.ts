import { describe, expect, it } from 'vitest';
import { nights } from '../helpers/nights.ts';

const person = (id: number, more: object) => ({ id, name: `Contact ${id}`, ...more });
/** Fast enough that no test waits for its turn. */
const FAST = ['--search-rate', 'unlimited'];

const byEmail = (onMissing: string) =>
  `match: { email: email }\non_missing: ${onMissing}\nfields: { custom_attributes.n: n }\n`;

describe('a contact is found by', () => {
  it.each([
    ['identifier', 'identifier', 'crm-7'],
    ['email', 'email', 'Seven@Example.COM'],
    ['phone_number', '{ column: key, country: DE }', '0151 2345 6789'],
  ])('%s, and no other is touched', async (field, spec, cell) => {
    const seven = { identifier: 'crm-7', email: 'seven@example.com', phone_number: '+4915123456789' };
    const like = { identifier: 'crm-77', email: 'twenty.seven@example.com', phone_number: '+49151234567890' };
    const column = spec.startsWith('{') ? spec : 'key';
    const { run } = await nights(`match: { ${field}: ${column} }\nfields: { custom_attributes.n: n }\n`, {
      contacts: 0,
      contactList: [person(77, like), person(7, seven)],
    });
    const { sent, rows, code } = await run(`key,n\n${cell},1\n`, FAST);
    expect(sent).toEqual([{ contactId: 7, body: { custom_attributes: { n: '1' } } }]);
    expect(rows[0]).toMatchObject({ contact_id: 7, status: 'updated' });
    expect(code).toBe(0);
  });

  it.each([
    ['a_b@example.com', ['axb@example.com']],
    ['50%@example.com', ['50off@example.com', '50x@example.com']],
    ['ann+crm@example.com', ['ann@example.com', 'ann crm@example.com']],
    ['UPPER@EXAMPLE.com', ['not.upper@example.com']],
  ])('the e-mail %s, which the search takes for a pattern', async (cell, others) => {
    const contactList = [
      ...others.map((email, i) => person(i + 1, { email })),
      person(50, { email: cell.toLowerCase() }),
    ];
    const { run } = await nights(byEmail('error'), { contacts: 0, contactList });
    const { sent } = await run(`email,n\n${cell},1\n`, FAST);
    expect(sent.map(({ contactId }) => contactId)).toEqual([50]);
  });

  it('the first key that finds anybody, in the order of the mapping', async () => {
    const contactList = [
      person(1, { identifier: 'crm-1', email: 'one@example.com' }),
      person(2, { identifier: 'crm-2', email: 'two@example.com' }),
    ];
    const mapping = 'match: [identifier: crm, email: email]\nfields: { custom_attributes.n: n }\n';
    const { run } = await nights(mapping, { contacts: 0, contactList });
    const { rows } = await run(
      'crm,email,n\ncrm-1,one@example.com,a\n,two@example.com,b\ncrm-9,one@example.com,c\n',
      FAST,
    );
    expect(rows.toSorted((a, b) => a.row - b.row).map(({ contact_id }) => contact_id)).toEqual([1, 2, 1]);
  });
});

describe('a contact that is not found', () => {
  it('a run that waits for its searches says so', async () => {
    const { run } = await nights(byEmail('skip'));
    const csv = `email,n\n${[1, 2, 3, 4].map((n) => `nobody${n}@q.example,${n}\n`).join('')}`;
    const { summary, stdout } = await run(csv, ['--search-rate', '2']);
    expect(summary.rate.held_back_by).toBe('lookups');
    expect(stdout).toContain('held back by looking contacts up (--search-rate)');
  });

  it('several with one phone: the row is invalid and names them', async () => {
    const phone_number = '+4915123456789';
    const contactList = [person(3, { phone_number }), person(4, { phone_number })];
    const { run } = await nights('match: { phone_number: phone }\nfields: { custom_attributes.n: n }\n', {
      contacts: 0,
      contactList,
    });
    const { sent, rows, code, stdout } = await run(`phone,n\n${phone_number},1\n`, FAST);
    expect(sent).toEqual([]);
    expect(rows[0]).toMatchObject({
      status: 'invalid',
      error: { code: 'ERR_AMBIGUOUS', field: 'phone_number' },
    });
    expect(rows[0]?.error?.message).toContain('2 contacts have the phone_number of the row: 3, 4');
    expect(code).toBe(1);
    expect(stdout + JSON.stringify(rows)).not.toContain(phone_number);
  });

  it.each([
    ['error', 'invalid', 1],
    ['skip', 'skipped', 0],
  ])('none, with `on_missing: %s`: the row is %s', async (onMissing, status, exitCode) => {
    const { run, emulator } = await nights(byEmail(onMissing), { contacts: 0 });
    const { rows, code } = await run('email,n\nnobody@example.com,1\n', FAST);
    expect(rows[0]).toMatchObject({ status });
    expect(rows[0]?.error?.code).toBe(status === 'invalid' ? 'ERR_NO_MATCH' : undefined);
    expect(code).toBe(exitCode);
    expect(emulator.stats().writes).toBe(0);
  });
});

describe('with a state', () => {
  it('after a pull nobody is searched for, and the second night sends nothing', async () => {
    const { run, pull, emulator } = await nights(byEmail('error'));
    const rows = [5, 6, 7, 9].map((id) => `${emulator.contact(id)?.['email']},x\n`).join('');
    await pull();
    const first = await run(`email,n\n${rows}`);
    expect([first.requests, first.sent.map(({ contactId }) => contactId).toSorted()]).toEqual([
      4,
      [5, 6, 7, 9],
    ]);
    expect((await run(`email,n\n${rows}`)).requests).toBe(0);
  });
});

describe('going on', () => {
  it('--retry sends the rows that ended badly, once their contact is there', async () => {
    const { run, runWith, emulator } = await nights(byEmail('error'), {
      contacts: 0,
      contactList: [person(1, { email: 'one@example.com' }), person(2, { email: 'wrong@example.com' })],
    });
    const first = await run('email,n\none@example.com,a\ntwo@example.com,b\n', FAST);
    expect(first.rows.map(({ status }) => status).toSorted()).toEqual(['invalid', 'updated']);
    emulator.edit(2, { email: 'two@example.com' });

    const retried = await runWith(['--retry', first.runDir, ...FAST]);

    expect(retried.sent).toEqual([{ contactId: 2, body: { custom_attributes: { n: 'b' } } }]);
    expect(retried.rows.map(({ row, status }) => [row, status])).toEqual([[2, 'updated']]);
  });

  it('--resume goes on with a canary', async () => {
    const { run, runWith, emulator } = await nights(byEmail('error'));
    const input = [5, 6, 7, 9].map((id) => `${emulator.contact(id)?.['email']},x\n`).join('');
    const canary = await run(`email,n\n${input}`, [...FAST, '--limit', '1']);
    expect(canary.sent).toHaveLength(1);
    const { sent, code } = await runWith(['--resume', canary.runDir, '--limit', 'all', ...FAST]);
    expect(code).toBe(0);
    expect(sent.map(({ contactId }) => contactId).toSorted()).toEqual([6, 7, 9]);
  });

  it('a later row that was delivered is not undone by the retry of an earlier one', async () => {
    const { run, runWith, emulator } = await nights(byEmail('error'), {
      contacts: 0,
      contactList: [person(1, { email: 'one@example.com' })],
      contactFaults: { 1: ['500'] },
    });
    const first = await run('email,n\none@example.com,a\none@example.com,b\n', [
      ...FAST,
      '--max-attempts',
      '1',
    ]);
    expect(first.rows.map(({ status }) => status)).toEqual(['failed', 'updated']);
    const retried = await runWith(['--retry', first.runDir, ...FAST]);
    expect(retried.rows[0]).toMatchObject({ row: 1, status: 'superseded' });
    expect(emulator.contact(1)?.['custom_attributes']).toEqual({ n: 'b' });
  });
});

describe('inputs', () => {
  it('stdin, which cannot be read twice', async () => {
    const { runWith, emulator } = await nights(byEmail('error'));
    const stdin = `email,n\n${emulator.contact(5)?.['email']},x\n`;
    expect((await runWith(['-', ...FAST], { stdin })).sent.map(({ contactId }) => contactId)).toEqual([5]);
    expect((await runWith(['-', ...FAST], { stdin })).sent).toEqual([]);
  });

  it('two of them, the second with the last word', async () => {
    const { runWith, write, emulator } = await nights(byEmail('error'));
    const email = emulator.contact(5)?.['email'];
    const inputs = [
      write('a.csv', `email,n\n${email},a\n`),
      write('b.jsonl', `${JSON.stringify({ email, n: 'b' })}\n`),
    ];
    expect((await runWith([...inputs, ...FAST])).sent.map(({ body }) => body)).toEqual([
      { custom_attributes: { n: 'a' } },
      { custom_attributes: { n: 'b' } },
    ]);
  });
});
