import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeLine, writeChanges } from '../helpers/change-file.ts';
import { startCli } from '../helpers/cli-process.ts';
import { newSite, until } from './site.ts';

const CONTACTS = 200;

it('a plan that is killed while it is applied goes on: each line has one outcome, and meets its own writes', async () => {
  const site = await newSite({ contacts: CONTACTS });
  const { emulator, dir } = site;
  const ids = Array.from({ length: CONTACTS }, (_, i) => i + 1);
  const nameOf = (id: number): string => String(emulator.contact(id)?.['name']);
  const lines = ids.map((id) => changeLine(id, { name: [nameOf(id), `Planned ${id}`] }));
  writeChanges(join(dir, 'plan.jsonl'), emulator.url, lines);

  const written = (): number =>
    emulator.journal.filter(({ body }) => Object.keys(body as object).length > 0).length;
  const args = ['apply', 'plan.jsonl', '--rate', '500', '--concurrency', '10'];
  const { child, ended } = startCli(args, { cwd: dir });
  await until(() => written() >= 40, child);
  child.kill('SIGKILL');
  await ended;
  const [killed = ''] = site.runs();
  const before = site.kept(killed).rows.length;
  expect(before).toBeLessThan(CONTACTS);

  const { code } = await site.run(['--resume', killed]);
  expect(code).toBe(0);
  const { rows, summary } = site.kept(killed);
  expect(rows.map(({ row }) => row).sort((a, b) => a - b)).toEqual(ids);
  expect(summary).toMatchObject({ rows_read: CONTACTS, pending: 0 });
  // what was written and not noted is met again as planned, never refused
  expect(new Set(rows.map(({ status }) => status))).toEqual(
    new Set(rows.some(({ status }) => status === 'unchanged') ? ['updated', 'unchanged'] : ['updated']),
  );
  expect(ids.filter((id) => nameOf(id) !== `Planned ${id}`)).toEqual([]);
  expect(written()).toBe(CONTACTS);
});
