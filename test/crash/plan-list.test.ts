import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCli } from '../helpers/cli-process.ts';
import { newSite, until } from './site.ts';

const CONTACTS = 300;
const CSV = `id,name\n${Array.from({ length: CONTACTS }, (_, i) => `${i + 1},New ${i + 1}\n`).join('')}`;

it.each([
  ['in the midst of the list', 10, 'SIGKILL'],
  ['after the list, between contacts that it did not show', 26, 'SIGKILL'],
  ['by a signal in the midst of the list', 10, 'SIGTERM'],
] as const)(
  'a plan that ends %s leaves nothing of it, and is begun anew by the same command',
  async (_case, requests, signal) => {
    const hidden = Array.from({ length: 20 }, (_, i) => ({ id: CONTACTS - i, identifier: null }));
    const site = await newSite({ contacts: CONTACTS - 20, contactList: hidden });
    const { emulator, dir, write } = site;
    write('mapping.yaml', 'version: 1\ncontact_id: id\nfields: { name: name }\n');
    write('contacts.csv', CSV);
    const env = { LIVEDESK_BASE_URL: emulator.url };
    const plan = ['plan', 'contacts.csv', '-m', 'mapping.yaml', '--rate'];
    const { child, ended } = startCli([...plan, '50'], { cwd: dir, env });
    await until(() => emulator.requests.length >= requests, child);
    child.kill(signal);
    const { code } = await ended;
    expect(code).toBe(signal === 'SIGKILL' ? null : 143);
    const [killed = ''] = site.runs();
    expect(readdirSync(join(dir, killed)).filter((name) => /part|plan/.test(name))).toEqual([]);

    emulator.reset();
    const again = await startCli([...plan, 'unlimited', '--run-dir', 'again'], { cwd: dir, env }).ended;
    expect(again.code).toBe(0);
    const { summary } = site.kept('again');
    expect(summary?.statuses.planned).toBe(CONTACTS);
    expect(summary?.reading).toEqual({
      list_requests: Math.ceil((CONTACTS - 20) / 15) + 1,
      single_reads: 20,
    });
    const applied = await startCli(['apply', join('again', 'plan.jsonl'), '--rate', 'unlimited'], {
      cwd: dir,
      env,
    }).ended;
    expect(applied.code).toBe(0);
    expect(emulator.contact(CONTACTS)?.['name']).toBe(`New ${CONTACTS}`);
  },
);
