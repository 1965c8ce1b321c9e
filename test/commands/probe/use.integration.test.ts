import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/types.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import type { Summary } from '../../../src/journal/summary.ts';
import { cliHere } from '../../helpers/cli-here.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { site, stateOf } from './site.ts';

const FIELDS = ['contact_id: id', 'fields:', '  additional_attributes.company_name: company'];

/** A probed account, and a run over its first three contacts that sets one key of their additional attributes. */
async function probedSite(options: EmulatorOptions, ...probeArgs: readonly string[]) {
  const here = await site(options);
  const probed = await here.probe('--contact', '4711', ...probeArgs);
  expect(probed.code).toBe(0);
  const dir = tempDir();
  writeFileSync(join(dir, 'in.csv'), 'id,company,hub\n1,Acme,a\n2,Bolt,b\n3,Coil,c\n');
  const cli = (...args: readonly string[]) =>
    cliHere([...args, '--base-url', here.emulator.url, '--rate', 'unlimited'], {
      env: { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret', XDG_STATE_HOME: here.home },
    });
  return {
    ...here,
    cli,
    async run(mapping: readonly string[], ...args: readonly string[]) {
      writeFileSync(join(dir, 'm.yaml'), ['version: 1', ...mapping].join('\n'));
      here.emulator.reset();
      const more = args.includes('--json') ? [] : ['--json'];
      const ended = await cli(
        'run',
        join(dir, 'in.csv'),
        '-m',
        join(dir, 'm.yaml'),
        '-o',
        join(tempDir(), 'run'),
        ...more,
        ...args,
      );
      const summary: Summary = JSON.parse(ended.stdout);
      return { ...ended, summary, requests: here.emulator.stats().requests };
    },
  };
}

test('an account that merges: one request a row where the mapping does not say, told in log and summary', async () => {
  const { run, emulator } = await probedSite({ additionalAttributes: 'merge' });
  const before = emulator.contact(1)?.['additional_attributes'] as Record<string, JsonValue>;
  const ended = await run(FIELDS);
  expect(ended.requests).toBe(3);
  expect(ended.summary.probed?.join()).toMatch(/a probe on \d{4}-\d\d-\d\d found that the account merges/);
  expect(ended.stderr.match(/found that the account merges/g)).toHaveLength(1);
  expect(emulator.contact(1)?.['additional_attributes']).toEqual({ ...before, company_name: 'Acme' });

  expect((await run([...FIELDS, 'additional_attributes: replaces'])).requests).toBe(6);
});

test('social profiles are completed all the same', async () => {
  const { run, emulator } = await probedSite({ additionalAttributes: 'merge' });
  const ids = [1, 2, 3];
  const profiles = { github: 'kept', twitter: 'kept' };
  for (const id of ids) emulator.edit(id, { additional_attributes: { social_profiles: profiles } });
  const ended = await run([...FIELDS, '  additional_attributes.social_profiles.github: hub']);
  expect(ended.requests).toBe(6);
  expect(emulator.contact(1)).toMatchObject({
    additional_attributes: { company_name: 'Acme', social_profiles: { github: 'a', twitter: 'kept' } },
  });
});

test('an account that replaces: nothing is saved, and a mapping that says otherwise is warned of', async () => {
  const { run } = await probedSite({ additionalAttributes: 'replace' });
  const silent = await run(FIELDS);
  expect([silent.requests, silent.summary.warnings.join()]).toEqual([
    6,
    expect.not.stringContaining('probe'),
  ]);
  const claimed = await run([...FIELDS, 'additional_attributes: merges']);
  expect(claimed.requests).toBe(3);
  expect(claimed.summary.warnings.join()).toContain('found that it replaces them');
});

test('answers that are no read-backs: not_applied is left out from the first row on', async () => {
  const { run } = await probedSite({ patchAnswer: 'no-custom-attributes' });
  const ended = await run(['contact_id: id', 'fields:', '  custom_attributes.company: company']);
  expect(ended.summary.not_applied).toEqual({});
  expect(ended.summary.probed?.join()).toContain('do not show what was written');
});

test('answers that are read-backs: the first row is judged, too', async () => {
  const { run } = await probedSite({}, '--test-key', 'plan');
  const ended = await run(['contact_id: id', 'fields:', '  first_name: company']);
  expect(ended.summary.not_applied).toEqual({ first_name: 3 });
  expect(ended.stdout).toContain('not_applied holds from the first row on');
});

test('pull asks for the pages that are given', async () => {
  const { cli, emulator } = await probedSite({ pageSize: 'honoured', pageSizeMax: 60 });
  emulator.reset();
  const ended = await cli('pull', '--state', tempDir(), '--json');
  expect([ended.code, JSON.parse(ended.stdout).contacts]).toEqual([0, 121]);
  expect(ended.stderr).toContain('"page_size":60');
  expect(emulator.stats().requests).toBeLessThan(8);
});

test.each([
  ['looks up', true, 3, ['POST']],
  // "Acme" stands in the e-mails of more contacts than a page shows: two pages are read for it
  ['searches for', false, 4, ['GET']],
] as const)(
  'match %s keys where the account can: filter %s',
  async (_what, filterContacts, requests, methods) => {
    const { run, emulator } = await probedSite({ filterContacts, searchLimit: null });
    for (const [i, identifier] of ['Acme', 'Bolt', 'Coil'].entries()) emulator.edit(i + 1, { identifier });
    const mapping = ['match: { identifier: company }', 'fields:', '  custom_attributes.tier: hub'];
    const ended = await run(mapping, '--dry-run');
    expect(ended.summary).toMatchObject({ statuses: { planned: 3 } });
    expect(ended.requests).toBe(requests);
    expect([...new Set([...emulator.requests].map(({ method }) => method))]).toEqual(methods);
    expect(ended.summary.probed?.join().includes('exact look-up by identifier, email, phone_number')).toBe(
      filterContacts,
    );
    expect([...emulator.journal].filter(({ by }) => by !== 'agent')).toEqual([]);
  },
);

test('a pull begins with the order that shows everybody', async () => {
  const { cli, emulator } = await probedSite({ imported: 100, sortKeys: 'refused' });
  emulator.reset();
  const ended = await cli('pull', '--state', tempDir(), '--json');
  expect([ended.code, JSON.parse(ended.stdout).contacts]).toEqual([0, 121]);
  expect(ended.stderr).toContain('"order":"uncertain"');
  expect([...emulator.requests].filter(({ status }) => status !== 200)).toEqual([]);
});

test('findings beside the state are found, and of two the later one counts', async () => {
  const state = tempDir();
  const { run, probe, emulator } = await probedSite({ additionalAttributes: 'replace' }, '--state', state);
  expect((await run(FIELDS)).requests).toBe(6);
  emulator.set({ additionalAttributes: 'merge' });
  await probe('--contact', '4711', '--state', state);
  expect((await run(FIELDS, '--state', state, '--full')).requests).toBe(3);
});

test('a probe that learns less keeps what an earlier one found', async () => {
  const { probe, run } = await probedSite({ additionalAttributes: 'merge' });
  const ended = await probe('--contact', '4711', '--read-only', '--json');
  expect(ended.values.additional_attributes).toBe('merges');
  expect(ended.summary.writes).toBe(0);
  expect((await run(FIELDS)).requests).toBe(3);
});

test.each([
  ['is torn', '{"version":1,"acc'],
  [
    'is of another account',
    '{"version":1,"account":"0123456789abcdef","probed_at":"2026-11-22T02:00:00Z","findings":[{"question":"additional_attributes","value":"merges","at":"2026-11-22T02:00:00Z"}]}',
  ],
  ['has another shape', '{"version":1,"findings":7}'],
])('a file of findings that %s is not used', async (_what, text) => {
  const { run, files } = await probedSite({});
  mkdirSync(dirname(files.findings), { recursive: true });
  writeFileSync(files.findings, text);
  expect((await run(FIELDS)).requests).toBe(6);
});

test('--read-only sends GET alone', async () => {
  for (const showContact of [true, false]) {
    const here = await site({ showContact });
    const methods = new Set<string>();
    const ended = await here.probe('--contact', '4711', '--read-only', '--json');
    for (const { method } of here.emulator.requests) methods.add(method);
    expect([ended.code, [...methods]]).toEqual([0, ['GET']]);
    expect(ended.values).toMatchObject({
      show_contact: showContact,
      search: 'finds',
      additional_attributes: null,
    });
  }
});

test.each<[what: string, args: string[], env: Record<string, string>, code: number, says: string]>([
  ['no contact', [], {}, 2, 'Offer one with --contact ID'],
  ['an id that is none', ['--contact', '12abc'], {}, 2, 'takes the id of a contact'],
  [
    'a contact that is not there',
    ['--contact', '99999'],
    {},
    2,
    'the account has no such contact (404). Nothing was written',
  ],
  ['the same, read-only', ['--contact', '99999', '--read-only'], {}, 2, 'the account has no such contact'],
  ['a wrong secret', ['--contact', '4711'], { LIVEDESK_API_SECRET: 'wrong' }, 2, 'ERR_UNAUTHORIZED'],
  ['two wishes', ['--contact', '4711', '--read-only', '--test-key', 'x'], {}, 2, 'exclude each other'],
  [
    'nowhere to write',
    ['--contact', '4711'],
    { XDG_STATE_HOME: fileURLToPath(import.meta.url) },
    2,
    'nothing is written to it',
  ],
])('%s', async (_what, args, env, code, says) => {
  const here = await site({ showContact: true });
  const ended = await cliHere(['probe', '--base-url', here.emulator.url, '--rate', 'unlimited', ...args], {
    env: {
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      XDG_STATE_HOME: stateOf(here.home),
      ...env,
    },
  });
  expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringContaining(says)]);
  expect(here.emulator.journal).toEqual([]);
});

test('a refused key is asked once', async () => {
  const here = await site({ apiSecret: 'another' });
  expect((await here.probe('--contact', '4711')).code).toBe(2);
  expect(here.emulator.stats().requests).toBe(1);
});
