import { expect, it } from 'vitest';
import type { ListedContact } from '../../src/emulator/options.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { sync } from '../helpers/sync.ts';
import { writeInput } from '../helpers/write-input.ts';

const MAPPING = fixture('messy/mapping.yaml');
/** Contacts 1 to 20; the last two share a phone, so that the API refuses to save them at all. */
const CONTACTS: readonly ListedContact[] = [...Array(20).keys()].map((i) => ({
  id: i + 1,
  email: `contact${i + 1}@example.org`,
  phone_number: i >= 18 ? '+4930999999' : null,
}));

it('gives every row of a messy CSV its outcome, and takes the corrected rejects', async () => {
  const emulator = await emulatorHere({ contactList: CONTACTS, contactFaults: { 14: '500' } });
  const run = (input: string) =>
    sync({ url: emulator.url, args: [input, '-m', MAPPING, '--max-attempts', '2'] });
  const first = await run(fixture('messy/bom-crlf-semicolons.csv'));

  expect(first.code).toBe(1);
  const byRow = [...first.rows].sort((a, b) => a.row - b.row);
  expect(
    byRow.map(({ row, line, contact_id, status, error }) =>
      [row, line, contact_id, status, error?.code, error?.column]
        .filter((part) => part !== undefined)
        .join(' '),
    ),
  ).toMatchInlineSnapshot(`
    [
      "1 2 1 updated",
      "2 4 2 updated",
      "3 5 3 skipped",
      "4 6 4 skipped",
      "5 7 5 updated",
      "6 8 1 updated",
      "7 9 invalid ERR_CONTACT_ID Contact",
      "8 10 invalid ERR_CONTACT_ID Contact",
      "9 11 7 invalid ERR_EMAIL E-Mail",
      "10 12 8 invalid ERR_PHONE Phone",
      "11 13 9 invalid ERR_VALUE Plan",
      "12 14 10 invalid ERR_TOO_LONG Name",
      "13 15 invalid ERR_RAGGED_ROW",
      "14 16 invalid ERR_RAGGED_ROW",
      "15 17 999 rejected ERR_NOT_FOUND",
      "16 18 13 rejected ERR_VALIDATION",
      "17 19 14 failed ERR_SERVER",
      "18 20 20 rejected ERR_STORED_RECORD",
      "19 21 2 updated",
    ]
  `);
  expect(first.summary).toMatchObject({ rows_read: byRow.length, pending: 0 });
  expect(first.summary.causes).toHaveLength(new Set(byRow.flatMap(({ error }) => error?.message ?? [])).size);
  expect(first.summary.warnings.join('\n')).toContain('318763.0');

  expect(emulator.contact(1)).toMatchObject({
    name: 'Jürgen Maier',
    email: 'juergen@example.org',
    phone_number: '+491512345678',
    custom_attributes: { plan: 'business', note: 'first line\r\nsecond; "quoted"' },
  });
  expect(emulator.contact(2)).toMatchObject({ name: 'Zoë Nguyễn', email: 'zoe.new@example.org' });
  expect(emulator.contact(4)).toMatchObject({ name: '' });

  expect(first.files).toEqual([
    'mapping.json',
    'rejects-unreadable.txt',
    'rejects.csv',
    'results.jsonl',
    'summary.json',
  ]);
  expect(first.file('rejects-unreadable.txt')).toBe('11;active;Unquoted;;;A;one;two\n12;active;Too short\n');
  const rejects = first.file('rejects.csv');
  expect(rejects.slice(0, 200).split('\n')[0]).toBe(
    '\uFEFFContact;Status;Name;E-Mail;Phone;Plan;Note;_row;_line;_status;_error_code;_error_message;_run',
  );
  expect(rejects.split('\n').filter(Boolean)).toHaveLength(11);

  emulator.set({ contactFaults: {} });
  emulator.edit(20, { phone_number: '+4930999998' });
  const corrected = correct(rejects, {
    '2,0E+01;': '16;',
    '\n;active;No Id': '\n17;active;No Id',
    'no-at.example.org': 'no@at.example.org',
    'call me': '030 1234567',
    ';Z;': ';B;',
    ['x'.repeat(256)]: 'x'.repeat(255),
    '999;': '18;',
    'contact6@': 'contact13@',
  });
  const second = await run(writeInput('rejects.csv', corrected));
  expect([second.code, second.stderr]).toEqual([0, expect.any(String)]);
  expect(second.summary).toMatchObject({ rows_read: 10, statuses: { updated: 10 } });
  expect(emulator.contact(14)).toMatchObject({ name: 'Broken' });

  const unreadable = correct(first.file('rejects-unreadable.txt'), {
    'one;two': '"one;two"',
    'Too short': 'Not;;;A;',
  });
  const third = await run(
    writeInput('unreadable.csv', `Contact;Status;Name;E-Mail;Phone;Plan;Note\n${unreadable}`),
  );
  expect(third.code).toBe(0);
  expect(emulator.contact(11)).toMatchObject({ custom_attributes: { note: 'one;two' } });
});

it('reads windows-1252 with --encoding, and says so without it', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const input = fixture('messy/windows-1252.csv');

  const guessed = await sync({ url: emulator.url, args: [input] });
  expect(guessed.code).toBe(1);
  expect(guessed.rows.map(({ row, status }) => `${row} ${status}`).sort()).toEqual([
    '1 invalid',
    '2 updated',
    '3 invalid',
  ]);
  expect(guessed.stdout).toContain('windows-1252');
  expect(guessed.file('rejects-unreadable.txt').split('\n')).toHaveLength(3);

  const told = await sync({ url: emulator.url, args: [input, '--encoding', 'windows-1252'] });
  expect(told.code).toBe(0);
  expect(emulator.contact(1)).toMatchObject({
    name: 'Jürgen Groß',
    custom_attributes: { city: 'Köln', fee: '50 €' },
  });
});

// --- internal ---

/** `text` with each key replaced once; a key that is not there is a mistake of the test. */
function correct(text: string, replacements: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [wrong, right] of Object.entries(replacements)) {
    expect(result).toContain(wrong);
    result = result.replace(wrong, right);
  }
  return result;
}
