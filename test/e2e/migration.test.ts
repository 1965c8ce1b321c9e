import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { page } from '../helpers/manual.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const ROWS = 30;

test('the page "Migration" can be walked: plan, approve, canary, apply, prove, take back', {
  timeout: 180_000,
}, async () => {
  const { names, type, dir } = await account();
  const before = names();
  const [plan, approve, canary, apply, prove, takeBack, ...others] = commandsOf(
    'Plan, approve, apply, prove',
  );
  expect(others).toEqual([]);

  const planned = await type(plan);
  expect([planned.code, names()]).toEqual([0, before]);
  const [, path = ''] = /^Next: .*livedesk-sync report (\S+)$/m.exec(planned.stdout) ?? [];
  await type(approve, { PLAN: path });
  expect(existsSync(join(dir, path.replace(/jsonl$/, 'html')))).toBe(true);
  expect(await type(prove, { PLAN: path })).toMatchObject({ code: 1 });

  const tried = await type(canary, { PLAN: path });
  expect([tried.code, changed(before, names())]).toEqual([0, 10]);
  // what the page says is what the summary prints
  const [, run = ''] = /^Next: +livedesk-sync run --resume (\S+) --limit all$/m.exec(tried.stdout) ?? [];
  expect(await type(apply, { DIR: run })).toMatchObject({ code: 0 });
  expect(changed(before, names())).toBe(ROWS);
  expect(await type(prove, { PLAN: path })).toMatchObject({ code: 0 });

  const undone = await type(takeBack, { DIR: run });
  expect([undone.code, names()]).toEqual([0, before]);
  expect(await type(prove, { PLAN: path })).toMatchObject({ code: 1 });
});

test('its undo can be walked', { timeout: 180_000 }, async () => {
  const { names, type } = await account();
  const before = names();
  const [run, look, undo] = commandsOf('Undo');
  const ended = await type(run);
  expect([ended.code, changed(before, names())]).toEqual([0, ROWS]);
  const [, dir = ''] = /^Results: (\S+)\/results\.jsonl$/m.exec(ended.stdout) ?? [];
  expect((await type(look, { DIR: dir })).stdout).toContain('would go back');
  expect(changed(before, names())).toBe(ROWS);
  expect((await type(undo, { DIR: dir })).code).toBe(0);
  expect(names()).toEqual(before);
});

// --- internal ---

/** The commands of a section, in the order in which the page names them. */
function commandsOf(heading: string): readonly (string | undefined)[] {
  const [, section = ''] = page('migration').split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const found = own.matchAll(/(?:^|`)livedesk-sync ((?:plan|report|apply|run|undo) [^`\n]+)/gm);
  return [...found].map(([, command]) => command).filter((command) => !command?.includes('--format'));
}

/** An account, an export that changes all its contacts, and a shell in which commands are typed. */
async function account() {
  const emulator = await emulatorHere({ contacts: ROWS });
  const dir = tempDir();
  const rows = Array.from({ length: ROWS }, (_, i) => `${i + 1},Person ${i + 1}`);
  writeFileSync(join(dir, 'crm.csv'), `contact_id,name\n${rows.join('\n')}\n`);
  writeFileSync(join(dir, 'mapping.yaml'), 'version: 1\ncontact_id: contact_id\nfields: { name: name }\n');
  const env = { LIVEDESK_BASE_URL: emulator.url, LIVEDESK_RATE: '500' };
  return {
    dir,
    names: () => Array.from({ length: ROWS }, (_, i) => emulator.contact(i + 1)?.['name']),
    /** Types a command of the page, with its placeholders filled in. */
    type: (command = '', places: Readonly<Record<string, string>> = {}) => {
      const words = command.split(' ').map((word) => places[word] ?? word);
      return startCli(words, { cwd: dir, env }).ended;
    },
  };
}

function changed(before: readonly unknown[], now: readonly unknown[]): number {
  return now.filter((name, i) => name !== before[i]).length;
}
