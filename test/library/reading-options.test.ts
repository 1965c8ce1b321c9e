import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { finish, syncHere } from '../helpers/sync-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const names = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i},Name ${from + i}\n`).join('');

it('a run remembers how its input is read, and a resume reads it so', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const input = writeInput('a.csv', "Export of 'today\ncontact_id,name\n1,'Doe, Anna'\n2,Ben\nTotal,2\n");
  const runDir = join(tempDir(), 'run');
  const reading = { skipRows: 1, skipFooter: 1, quote: "'" };
  const canary = await finish(syncHere(emulator, { input, runDir, limit: 1, ...reading }));
  expect(canary.outcomes).toMatchObject([{ row: 1, line: 3, status: 'updated' }]);
  const header = JSON.parse(readFileSync(join(runDir, 'results.jsonl'), 'utf8').split('\n')[0] ?? '');
  expect(header.options).toMatchObject({ skip_rows: 1, skip_footer: 1, quote: "'" });

  const { outcomes, summary } = await finish(
    syncHere(emulator, { resume: runDir, limit: Number.POSITIVE_INFINITY }),
  );
  expect(outcomes).toMatchObject([{ row: 2, line: 4, status: 'updated' }]);
  expect(summary).toMatchObject({ rows_read: 2, exit_code: 0 });
  expect(emulator.contact(1)).toMatchObject({ name: 'Doe, Anna' });
  await expect(finish(syncHere(emulator, { resume: runDir, skipRows: 2 }))).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('skipRows cannot change'),
  });
});

it('bad rows are tried again from the input, and from corrected rejects, which are read as they were written', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const input = writeInput('a.csv', "Export\ncontact_id|name\n1|Anna\nx|'27\" | wide'\nTotal|1\n");
  const runDir = join(tempDir(), 'run');
  const reading = { skipRows: 1, skipFooter: 1, quote: "'" };
  const first = await finish(syncHere(emulator, { input, runDir, ...reading }));
  expect(first.outcomes.map(({ status }) => status)).toEqual(['updated', 'invalid']);

  const again = await finish(syncHere(emulator, { retry: runDir }));
  expect(again.outcomes).toMatchObject([{ row: 2, line: 4, status: 'invalid' }]);

  const rejects = join(runDir, 'rejects.csv');
  writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('\nx|', '\n2|'));
  const corrected = await finish(syncHere(emulator, { retry: runDir, corrected: true }));
  expect(corrected.outcomes.map(({ status }) => status)).toEqual(['updated']);
  expect(emulator.contact(2)).toMatchObject({ name: '27" | wide' });
});

it('rows that are no data count for no percentage and no bound', async () => {
  const emulator = await emulatorHere({ contacts: 200 });
  const blank = ',\n'.repeat(200);
  const bad = 'x,y\n'.repeat(60);
  const mostlyBad = writeInput('bad.csv', `contact_id,name\n${blank}${names(1, 45)}${bad}`);
  const { summary, outcomes } = await finish(syncHere(emulator, { input: mostlyBad }));
  expect(summary).toMatchObject({ exit_code: 3, stopped: { code: 'ERR_MAX_ERRORS' } });
  expect(summary.skip_reasons).toEqual({ blank: 200 });
  expect(outcomes[0]).toMatchObject({ status: 'skipped', reason: 'blank' });

  const few = writeInput('few.csv', `contact_id,name\n1,a\n,\ncontact_id,name\n2,b\n`);
  await expect(finish(syncHere(emulator, { input: few, minRows: 3 }))).rejects.toMatchObject({
    code: 'ERR_MIN_ROWS',
    message: expect.stringContaining('the input has 2 rows'),
  });
  expect((await finish(syncHere(emulator, { input: few, minRows: 2 }))).summary.exit_code).toBe(0);

  const changing = writeInput('changing.csv', `contact_id,name\n${names(101, 110)}${blank}`);
  const held = await finish(syncHere(emulator, { input: changing, maxChanges: '50%' }));
  expect(held.summary.stopped).toMatchObject({
    code: 'ERR_MAX_CHANGES',
    message: expect.stringContaining('10 of 10 rows'),
  });
});

it('a mapping function is not asked about rows that are no data', async () => {
  const emulator = await emulatorHere({ contacts: 2 });
  const input = writeInput('a.csv', 'contact_id,,name\n1,x,a\n,,\ncontact_id,,name\n');
  const asked: unknown[] = [];
  const mapping = (row: { readonly [column: string]: unknown }) => {
    asked.push({ ...row });
    return { contactId: Number(row['contact_id']), fields: { name: String(row['name']) } };
  };
  const { outcomes } = await finish(syncHere(emulator, { input, mapping }));
  expect(outcomes.map(({ status, reason }) => reason ?? status)).toEqual(['updated', 'blank', 'header']);
  const [first, ...others] = asked;
  expect(first).toEqual({ contact_id: '1', name: 'a' });
  for (const other of others) expect(other).toEqual(first);
  const doubled = writeInput('b.csv', 'contact_id,name,name\n1,x,a\n');
  await expect(finish(syncHere(emulator, { input: doubled, mapping }))).rejects.toMatchObject({
    code: 'ERR_HEADER',
  });
});
