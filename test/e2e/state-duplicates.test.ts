import { expect, it } from 'vitest';
import { nights } from '../helpers/nights.ts';

const MAPPING = 'contact_id: id\nfields: { name: name, email: email }\n';

it('one e-mail for two contacts: both rows are invalid, each names the other, the rest is sent', async () => {
  const { run } = await nights(MAPPING);
  const { sent, rows, code } = await run(
    'id,name,email\n1,Ann,ann@example.com\n2,Bob,bob@example.com\n3,Cid,Ann@Example.com\n',
  );
  expect(code).toBe(1);
  expect(sent.map(({ contactId }) => contactId)).toEqual([2]);
  const errors = new Map(rows.map(({ row, error }) => [row, error]));
  expect(errors.get(1)).toMatchObject({ code: 'ERR_DUPLICATE_VALUE', field: 'email' });
  expect(errors.get(1)?.message).toContain('row 3 (line 4)');
  expect(errors.get(3)).toMatchObject({ code: 'ERR_DUPLICATE_VALUE', field: 'email' });
  expect(errors.get(3)?.message).toContain('row 1 (line 2)');
  expect(JSON.stringify(rows).toLowerCase()).not.toContain('ann@');
});

it('over two inputs, too', async () => {
  const { runWith, write } = await nights(MAPPING);
  const inputs = [
    write('a.csv', 'id,name,email\n1,Ann,ann@example.com\n'),
    write('b.csv', 'id,name,email\n2,Bob,ann@example.com\n'),
  ];
  const { sent, rows } = await runWith(inputs);
  expect(sent).toEqual([]);
  expect(rows.map(({ error }) => error?.message.slice(0, 27))).toEqual([
    'row 1 (line 2 of input 2) g',
    'row 1 (line 2 of input 1) g',
  ]);
});

it('several rows of one contact may well have the same', async () => {
  const { run } = await nights(MAPPING);
  const { code } = await run('id,name,email\n1,Ann,ann@example.com\n1,Anna,ann@example.com\n');
  expect(code).toBe(0);
});

it('a swap is told as one after a pull', async () => {
  const { run, pull, emulator } = await nights(MAPPING);
  const [five, six] = [emulator.contact(5)?.['email'], emulator.contact(6)?.['email']];
  await pull();

  const { sent, rows } = await run(`id,name,email\n5,Ann,${six}\n6,Bob,${five}\n7,Cid,\n`);

  expect(sent.map(({ contactId }) => contactId)).toEqual([7]);
  const [first, second] = rows.toSorted((a, b) => a.row - b.row);
  expect(first?.error).toMatchObject({ code: 'ERR_SWAP', field: 'email' });
  expect(first?.error?.message).toContain('this row and row 2 (line 3) swap the email');
  expect(second?.error?.message).toContain('this row and row 1 (line 2) swap the email');
});

it('a row that is unchanged still says by which keys its contact goes', async () => {
  const { run, pull, emulator } = await nights(
    'match: { identifier: key, email: mail }\non_missing: skip\nfields: { phone_number: phone }\n',
  );
  emulator.edit(5, { email: 'five@q.example' });
  await pull();
  const csv = 'key,mail,phone\nK-9,five@q.example,+4930901821\nK-9,,+4930901821\n';
  const fast = ['--search-rate', 'unlimited'];
  const statuses = async () =>
    (await run(csv, fast)).rows.map(({ row, status }) => `${row} ${status}`).sort();
  expect(await statuses()).toEqual(['1 updated', '2 skipped']);
  expect(await statuses()).toEqual(['1 unchanged', '2 skipped']);
});
