import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import type { JournalLine } from '../../src/journal/journal-lines.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

/** Runs `input.csv` of a folder below `fixtures/values`, or another file of it, by the mapping beside it. */
async function run(
  folder: string,
  options: EmulatorOptions & { input?: string; mapping?: string; args?: string[] } = {},
) {
  const {
    input = 'input.csv',
    mapping = fixture(`values/${folder}/mapping.yaml`),
    args = [],
    ...account
  } = options;
  const emulator = await emulatorHere({ contacts: 20, ...account });
  const runDir = join(tempDir(), 'run');
  const ended = await cliHere(['run', fixture(`values/${folder}/${input}`), '-m', mapping, ...args], {
    env: {
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      LIVEDESK_BASE_URL: emulator.url,
      LIVEDESK_RUN_DIR: runDir,
      LIVEDESK_RATE: 'unlimited',
      LIVEDESK_SEARCH_RATE: 'unlimited',
    },
  });
  const read = (name: string): string => {
    const path = join(runDir, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const rows = read('results.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line): JournalLine => JSON.parse(line))
    .filter((line) => line.type === 'row')
    .sort((a, b) => a.row - b.row);
  return {
    ...ended,
    emulator,
    /** Each row in the form `line 3: invalid ERR_PHONE`. */
    rows: rows.map(({ line, status, error }) => `line ${line}: ${status}${error ? ` ${error.code}` : ''}`),
    messages: rows.map(({ error }) => error?.message),
    warnings: (JSON.parse(read('summary.json') || '{"warnings":[]}') as Summary).warnings,
  };
}

test('digits that begin with the country’s own calling code are the number that they are, or are asked about', async () => {
  const { rows, messages, emulator } = await run('calling-code-without-plus', {
    contacts: 0,
    contactList: [{ id: 1, phone_number: '+491622897306' }],
  });
  expect(rows).toEqual(['line 2: invalid ERR_PHONE', 'line 3: invalid ERR_PHONE', 'line 4: created']);
  expect(messages[0]).toBe('Column "P" could be +49 1511… or +49 4915…: write it with "+" and country code.');
  expect(messages[1]).toContain('could be +49 1622… or +49 4916…');
  expect(emulator.contact(1)?.name).not.toBe('Karl');
  expect(emulator.contact(2)).toMatchObject({ name: 'Otto', phone_number: '+4930901820' });
});

test('a number that begins with 00 is the international one, whatever the country dials', async () => {
  const [, ...lines] = readFileSync(fixture('values/international-prefix/input.csv'), 'utf8')
    .trim()
    .split('\n');
  const meant = ['+61412345678', '+62812345678', '+5511961234567', '+573211234567', '+85591234567'];
  for (const [i, line] of lines.entries()) {
    const [id = '', country = ''] = line.split(',');
    const mapping = writeInput(
      'm.yaml',
      `version: 1\ncontact_id: id\nonly: { C: ${country} }\nfields: { phone_number: { column: P, country: ${country} } }\n`,
    );
    const { rows, emulator } = await run('international-prefix', { mapping });
    const status = rows[i]?.split(': ')[1];
    expect([
      line,
      status,
      status === 'updated' ? emulator.contact(Number(id))?.phone_number : meant[i],
    ]).toEqual([line, expect.stringMatching(/^(updated|invalid ERR_PHONE)$/), meant[i]]);
  }
});

test('a number with plus that is longer than the plans know finds its contact, and is counted', async () => {
  const { rows, emulator } = await run('longer-than-the-plan', {
    contacts: 0,
    contactList: [{ id: 1, phone_number: '+5215512345678' }],
  });
  expect(rows).toEqual(['line 2: updated']);
  expect(emulator.contact(1)).toMatchObject({ name: 'Lupe' });
});

test.each([
  ['names-in-euc-kr', 'euc-kr', ['김똠방', '홍길동', '박갂새'], []],
  ['names-in-big5', 'big5', ['游大堃', '王大明'], ['line 4: invalid ERR_ENCODING']],
])('%s arrive as the standard reads them', async (folder, encoding, names, faults) => {
  const { rows, emulator } = await run(folder, { args: ['--encoding', encoding] });
  expect(rows).toEqual([...names.map((_, i) => `line ${i + 2}: updated`), ...faults]);
  expect(names.map((_, i) => emulator.contact(i + 1)?.name)).toEqual(names);
});

test('a decorated address is the contact of the bare one, or is refused', async () => {
  const { rows, messages, emulator } = await run('decorated-addresses', { contacts: 0 });
  expect(rows).toEqual([
    'line 2: created',
    ...[3, 4, 5, 6, 7, 8].map((line) => `line ${line}: updated`),
    'line 9: invalid ERR_EMAIL',
  ]);
  expect(messages.at(-1)).toBe('Column "email" holds an invisible character, U+0001. Remove it.');
  expect(emulator.contact(1)).toMatchObject({ email: 'zoe@example.com', name: 'dot' });
  expect(emulator.contact(2)).toBeUndefined();
});

test('a header that differs by invisible characters alone is the header that was meant', async () => {
  const { rows, emulator } = await run('invisible-in-header');
  expect(rows).toEqual(['line 2: updated']);
  expect(emulator.contact(1)).toMatchObject({ name: 'Anna', email: 'anna@example.com' });
});

test('a header that is not the one meant is named with its invisible characters, here on the mapping’s side', async () => {
  const mapping = writeInput(
    'm.yaml',
    'version: 1\ncontact_id: contact_id\nfields: { name: "Full\u200b Name", email: email }\n',
  );
  const { code, stderr } = await run('invisible-in-header', { input: 'other-name.csv', mapping });
  expect(code).toBe(2);
  expect(stderr).toContain('no column "Full<U+200B> Name"');
  expect(stderr).toContain('It has: "contact_id", "name", "email".');
});

test('unix seconds before 1970 are a time, in a cell as in JSON', async () => {
  const cell = await run('seconds-before-1970');
  // eight digits may be a day without dashes
  expect(cell.rows).toEqual(['line 2: updated', 'line 3: invalid ERR_DATE']);
  expect(cell.emulator.contact(1)?.custom_attributes).toMatchObject({ born: -315619200 });
  const json = await run('seconds-before-1970', { input: 'input.jsonl' });
  expect(json.rows).toEqual(['line 1: updated', 'line 2: updated']);
  expect(json.emulator.contact(11)?.custom_attributes).toMatchObject({ born: -315619200 });
  expect(json.emulator.contact(12)?.custom_attributes).toMatchObject({ born: 31536000 });
});

test('cells that look like no value are counted, and the summary gives the line for the mapping', async () => {
  const { code, warnings, stdout } = await run('markers-of-no-value');
  expect(code).toBe(0);
  const [name, nameLetters, note] = warnings
    .map((warning) => warning.slice(warning.indexOf('input.csv')))
    .filter((warning) => warning.startsWith('input.csv: column'));
  expect(name).toBe(
    `input.csv: column "name": 4 cells look like no value (1 × #N/A, 1 × NULL, 1 × nan, 1 × \\N) and count as texts. If they are empty, put into the mapping, at the field or under "defaults": empty_values: ['#N/A', 'NULL', 'nan', '\\N']`,
  );
  expect(nameLetters).toContain('column "name": 2 cells look like UTF-8 that was read as another encoding');
  expect(note).toContain("empty_values: ['#REF!', 'undefined', '[object Object]']");
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain("empty_values: ['#N/A', 'NULL', 'nan', '\\N']");
});

test('the line that the summary gives makes those cells empty', async () => {
  const mapping = writeInput(
    'm.yaml',
    `version: 1
contact_id: contact_id
defaults: { empty_values: ['#N/A', 'NULL', 'nan', '\\N'] }
fields: { name: name, custom_attributes.note: { column: note, empty_values: ['#REF!', 'undefined', '[object Object]'] } }
`,
  );
  const { rows, warnings, emulator } = await run('markers-of-no-value', { mapping });
  expect(rows.slice(0, 4)).toEqual([
    'line 2: skipped',
    'line 3: skipped',
    'line 4: skipped',
    'line 5: updated',
  ]);
  expect(emulator.contact(2)?.name).not.toBe('NULL');
  expect(emulator.contact(4)?.name).not.toBe('\\N');
  expect(warnings.join()).not.toContain('no value');
});

test('Ctrl-Z at the end is the end', async () => {
  const { rows, emulator } = await run('control-z-at-the-end');
  expect(rows.filter((row) => row.includes('updated'))).toEqual(['line 2: updated', 'line 4: updated']);
  expect(rows.filter((row) => row.startsWith('line 5'))).toEqual([]);
  expect(emulator.contact(2)).toMatchObject({ name: 'Ben' });
});
