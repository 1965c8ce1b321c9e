import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const MAPPING = `version: 1
contact_id: id
on_invalid_field: drop_field
only: { send: [yes, ''] }
fields:
  name: name
  email: email
  phone_number: { column: phone, type: phone, country: DE }
  identifier: key
  custom_attributes.score: { column: score, type: integer }
  custom_attributes.note: { column: note, empty: clear }
  additional_attributes.city: city
`;
const HEADER = 'id,name,email,phone,key,score,note,city,send';

/** Rows of every kind, good ones between them. */
const ROWS = Array.from({ length: 300 }, (_, i) => {
  const [id, good] = [i + 1, `Name ${i},a${i}@x.test,0151 2345${1000 + i},k${i},${i},note,Berlin,yes`];
  switch (i % 12) {
    case 1:
      return `${id},,,,,,,,yes`;
    case 2:
      return ',,,,,,,,';
    case 3:
      return HEADER;
    case 4:
      return `x${id},${good}`;
    case 5:
      return `${id},N,no-mail,,k${i},x,NULL,,yes`;
    case 6:
      return `${id},"ragged"`;
    case 7:
      return `${id},${good.replace(/yes$/, 'no')}`;
    case 8:
      return `${id},,"","","",,,,`;
    case 9:
      return `${id}.0,${good}`;
    default:
      return `${id},${good}`;
  }
});

/** What a dry run of these rows says, from a file, which is looked at first, or from a pipe, which is read once. */
async function dryRun(rows: readonly string[], from: 'file' | 'pipe', ...args: string[]) {
  const text = `${[HEADER, ...rows].join('\n')}\n`;
  const runDir = join(tempDir(), 'run');
  const input = writeInput('contacts.csv', text);
  const { code, stdout } = await cliHere(
    [
      ...['run', from === 'file' ? input : '-', '-m', writeInput('mapping.yaml', MAPPING), '-o', runDir],
      ...['--dry-run', '--no-state', '--format', 'csv', ...args],
    ],
    { stdin: text },
  );
  const read = (name: string) => readFileSync(join(runDir, name), 'utf8');
  const lines = read('results.jsonl').trim().split('\n');
  const results = lines
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'row')
    .map(({ at: _, ...line }) => line);
  const summary = JSON.parse(read('summary.json'));
  return { code, stdout, results, summary, rejects: read('rejects.csv') };
}

/** What does not depend on where the rows come from: names of inputs, of the run and of its faults are left out. */
function comparable({ code, results, summary, rejects }: Awaited<ReturnType<typeof dryRun>>) {
  const {
    run_id,
    run_dir: _,
    started_at: __,
    ended_at: ___,
    duration_s: ____,
    next: _____,
    ...said
  } = summary;
  const text = JSON.stringify({ said, results, rejects });
  const named = text.replaceAll(run_id, 'RUN').replace(/[^" ]*contacts\.csv: /g, '-: ');
  return { code, ...JSON.parse(named.replace(/"(fault|sha256)":"\w+"/g, '"$1":""')) };
}

it('a dry run that settles rows at its first look says of each what one says that reads them once', async () => {
  const settled = comparable(await dryRun(ROWS, 'file'));
  expect(settled).toEqual(comparable(await dryRun(ROWS, 'pipe')));
  expect(settled.said.forecast.requests).toBeGreaterThan(settled.said.statuses.planned);
  expect(settled.said.warnings.join()).toContain('look like no value');
});

it('so does one with more rows that need their cells than are kept', async () => {
  const rows = Array.from({ length: 11_000 }, (_, i) => `x${i},N,,,,,,,yes`);
  const settled = comparable(await dryRun(rows, 'file', '--max-errors', '100%'));
  expect(settled).toEqual(comparable(await dryRun(rows, 'pipe', '--max-errors', '100%')));
  expect(settled.said.statuses.invalid).toBe(11_000);
});

it('one that stops early says how much of the input has no outcome', async () => {
  const bad = ROWS.map((row) => row.replace(/^/, 'x'));
  const { summary } = await dryRun(bad, 'file', '--max-errors', '100');
  const { bytes, of_bytes: all } = summary.unread;
  expect(Math.abs(bytes / all - (1 - summary.rows_read / ROWS.length))).toBeLessThan(0.01);
});
