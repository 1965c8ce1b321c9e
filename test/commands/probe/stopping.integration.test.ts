import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/host.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import { startCli } from '../../helpers/cli-process.ts';
import { OFFERED, plantedTexts, site, stateOf, textOf } from './site.ts';

type Listener = Parameters<Host['onSignal']>[0];

const REPLACING = { additionalAttributes: 'replace', nullAttribute: 'deletes' } as const;
/** The test key is stored when it is emptied, and can be deleted. */
const DESTROYING = {
  additionalAttributes: 'replace',
  nullAttribute: 'stored',
  destroyAttributes: true,
} as const;
const OFFER = ['--contact', String(OFFERED.id), '--test-key', 'probe_key'];
/** How many requests such a probe sends, and the number of its first write. */
async function countRequests(switches: EmulatorOptions): Promise<{ all: number; firstWrite: number }> {
  let all = 0;
  let firstWrite = 0;
  const here = await site({
    ...switches,
    onRequest({ fields }) {
      all += 1;
      if (fields.length > 0) firstWrite ||= all;
    },
  });
  await here.probe(...OFFER);
  return { all, firstWrite };
}

test.each([
  ['SIGINT', 130, REPLACING],
  ['SIGTERM', 143, REPLACING],
  ['SIGTERM', 143, DESTROYING],
] as const)(
  '%s after any request: the contact is put back, and the code %i says which',
  async (signal, code, switches) => {
    const codes = new Set<number>();
    const { all } = await countRequests(switches);
    for (let nth = 1; nth <= all; nth += 1) {
      let raise: Listener | undefined;
      let asked = 0;
      const here = await site(
        {
          ...switches,
          onRequest() {
            asked += 1;
            if (asked === nth) raise?.(signal);
          },
        },
        (listener) => {
          raise = listener;
          return () => undefined;
        },
      );
      const before = here.contact();
      const ended = await here.probe(...OFFER);
      expect([nth, here.contact()]).toEqual([nth, before]);
      expect(existsSync(here.files.savedContact)).toBe(false);
      codes.add(ended.code);
    }
    // the last requests are those that put it back: by then there is nothing to stop
    expect([...codes]).toContain(code);
    expect([...codes].every((one) => one === code || one === 0)).toBe(true);
  },
);

test.each([
  ['replaces', REPLACING],
  ['deletes the test key', DESTROYING],
] as const)(
  'killed after any request of an account that %s: --restore puts the contact back',
  {
    timeout: 180_000,
  },
  async (_what, switches) => {
    let restored = 0;
    const { all, firstWrite } = await countRequests(switches);
    // before the one that precedes the first write nothing can be amiss
    for (let nth = firstWrite - 1; nth <= all; nth += 1) {
      let asked = 0;
      const here = await site({
        ...switches,
        latencyMs: [20, 20],
        onRequest() {
          asked += 1;
          if (asked === nth) killed.child.kill('SIGKILL');
        },
      });
      const before = here.contact();
      const env = { XDG_STATE_HOME: here.home };
      const args = ['probe', '--base-url', here.emulator.url, '--rate', 'unlimited', ...OFFER];
      const killed = startCli(args, { env });
      await killed.ended;
      const { savedContact } = here.files;
      if (existsSync(savedContact)) {
        expect(statSync(savedContact).mode & 0o777).toBe(0o600);
        const again = await here.probe(...OFFER);
        expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--restore')]);
        const ended = await here.probe('--restore', savedContact);
        expect([ended.code, ended.stderr]).toEqual([0, '']);
        expect(plantedTexts().filter((text) => ended.stdout.includes(text))).toEqual([]);
        restored += 1;
      }
      expect([nth, here.contact()]).toEqual([nth, before]);
      expect(existsSync(savedContact)).toBe(false);
    }
    // killed late, one of the last may have put it back by itself
    expect([all, firstWrite, restored >= all - firstWrite - 2]).toEqual([all, firstWrite, true]);
  },
);

test('what somebody else changed meanwhile is left alone, and named', async () => {
  const here = await site({
    ...REPLACING,
    onRequest({ fields }) {
      if (!fields.includes('additional_attributes.city')) return;
      here.emulator.edit(OFFERED.id, { name: 'Agent', additional_attributes: { city: 'Agent City' } });
    },
  });
  const ended = await here.probe('--contact', '4711', '--json');
  expect(ended.code).toBe(0);
  expect(ended.summary.contact).toMatchObject({
    state: 'equal',
    others: expect.arrayContaining(['name', 'additional_attributes.city']),
  });
  const { company_name } = OFFERED.additional_attributes;
  expect(here.contact()).toMatchObject({
    name: 'Agent',
    additional_attributes: { ...OFFERED.additional_attributes, city: 'Agent City', company_name },
  });
});

test('a contact that cannot be put back: exit 3, the file stays, and the command that puts it back', async () => {
  let isFirst = true;
  const here = await site({
    ...REPLACING,
    onRequest({ fields }) {
      if (isFirst && fields.includes('additional_attributes.city')) here.emulator.setDown(true);
      isFirst &&= !fields.includes('additional_attributes.city');
    },
  });
  const before = here.contact();
  const ended = await here.probe('--contact', '4711', '--outage-budget', '100ms', '--max-attempts', '2');
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('NOT put back');
  expect(ended.stdout).toContain(`livedesk-sync probe --restore ${here.files.savedContact}`);
  expect(here.contact()).not.toEqual(before);

  here.emulator.setDown(false);
  expect(await here.probe('--restore', here.files.savedContact)).toMatchObject({ code: 0 });
  expect(here.contact()).toEqual(before);
});

test.each([
  ['nothing', '', 'it is not whole JSON'],
  ['something else', '{"version":1}', 'is no contact that a probe saved'],
])('--restore of a file with %s', async (_what, text, says) => {
  const here = await site();
  const file = join(here.home, 'contact.json');
  writeFileSync(file, text);
  const ended = await here.probe('--restore', file);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(says)]);
});

test('--restore of another account', async () => {
  const here = await site();
  const other = await site({
    ...REPLACING,
    onRequest: () => other.emulator.setDown(other.emulator.journal.length > 0),
  });
  await other.probe('--contact', '4711', '--outage-budget', '100ms', '--max-attempts', '2');
  const ended = await here.probe('--restore', other.files.savedContact);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('ERR_ACCOUNT')]);
  expect(here.emulator.stats().requests).toBe(0);
});

test('nothing of the contact is told, nor kept once it is put back', async () => {
  const here = await site({ ...REPLACING, patchAnswer: 'before' });
  for (const args of [OFFER, [...OFFER, '--json', '--log-level', 'trace']]) {
    const { code, stdout, stderr } = await here.probe(...args);
    expect(code).toBe(0);
    const told = stdout + stderr + textOf(here.files.findings);
    expect(plantedTexts().filter((text) => told.includes(text))).toEqual([]);
  }
  expect(statSync(here.files.findings).mode & 0o777).toBe(0o600);
  expect(here.files.findings.startsWith(stateOf(here.home))).toBe(true);
});
