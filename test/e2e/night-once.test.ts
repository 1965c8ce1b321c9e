import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SettledRows } from '../../src/commands/run/pipeline/settled-rows.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const MAPPING = `version: 1
contact_id: id
fields:
  name: name
  email: email
  custom_attributes.plan: plan
`;
const HEADER = 'id,name,email,plan';
const rowOf = (id: number, name = `Name ${id}`) => `${id},${name},a${id}@x.test,plan ${id % 7}`;
const FIRST = Array.from({ length: 200 }, (_, i) => rowOf(i + 1));

/** Two nights over one account: the second file from a path, which is looked at first, or from a pipe, which is read once. */
async function nights(second: readonly string[], from: 'file' | 'pipe') {
  const emulator = await emulatorHere({ contacts: 200, limit: null });
  const dir = tempDir();
  const night = async (rows: readonly string[], name: string, how: 'file' | 'pipe') => {
    const text = `${[HEADER, ...rows].join('\n')}\n`;
    const input = how === 'file' ? writeInput('contacts.csv', text) : '-';
    const runDir = join(dir, name);
    const { code } = await cliHere(
      [
        ...['run', input, '-m', writeInput('mapping.yaml', MAPPING), '-o', runDir, '--format', 'csv'],
        ...['--state', join(dir, 'state'), '--base-url', emulator.url, '--rate', 'unlimited'],
      ],
      { stdin: text },
    );
    const lines = readFileSync(join(runDir, 'results.jsonl'), 'utf8').trim().split('\n');
    const results = lines
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'row')
      .map(({ at: _, duration_ms: __, fault: ___, ...line }) => line)
      .sort((a, b) => a.row - b.row);
    const { statuses, requests, warnings } = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8'));
    return { code, results, statuses, requests, warnings };
  };
  await night(FIRST, 'first', 'file');
  const { warnings, ...said } = await night(second, 'second', from);
  const names = FIRST.map((_, i) => emulator.contact(i + 1)?.['name']);
  return {
    ...said,
    noticed: warnings.flatMap((text: string) => /column .* look like no value.*/.exec(text) ?? []),
    names,
  };
}

it.each<[what: string, second: readonly string[]]>([
  ['a few changed rows among others', FIRST.map((row, i) => (i % 50 === 3 ? rowOf(i + 1, 'NULL') : row))],
  ['bad rows among others', FIRST.map((row, i) => (i % 50 === 3 ? `x${row}` : row))],
  ['a contact that is changed, and then as it was', [...FIRST, rowOf(5, 'New'), rowOf(5)]],
  ['a contact that is as it was, and then changed', [...FIRST, rowOf(5, 'New')]],
])('a night that reads its file once ends like one that reads a pipe: %s', async (_what, second) => {
  expect(await nights(second, 'file')).toEqual(await nights(second, 'pipe'));
});

it('rows are settled unless what is sent for another one may concern them', () => {
  const row = (n: number) => ({ input: 0, row: n, line: n + 1, record: ['cell'] });
  const rowsWith = (written: number) => {
    const rows = new SettledRows();
    rows.add(row(1), { contactId: 7, fields: ['name'] }, 'unchanged');
    rows.keep(row(2), written);
    rows.keep(row(3));
    rows.end([null]);
    return rows;
  };
  expect(rowsWith(8).isWhole).toBe(true);
  expect(rowsWith(7).isWhole).toBe(false);
});
