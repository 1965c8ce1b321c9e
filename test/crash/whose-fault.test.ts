import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { gatewayBefore, isWrite } from '../helpers/gateway.ts';
import { newSite, type Site, statusesOf } from './site.ts';

const IDS = 'version: 1\ncontact_id: id\nfields: { name: name }\n';
const MAPPINGS = {
  ids: IDS,
  expect: `${IDS}expect: { identifier: crm }\n`,
  'additional attributes': 'version: 1\ncontact_id: id\nfields: { additional_attributes.city: name }\n',
  'one key': 'version: 1\nmatch: { identifier: crm }\nfields: { name: name }\n',
  'two keys': 'version: 1\nmatch: { identifier: crm, email: mail }\nfields: { name: name }\n',
  'three keys':
    'version: 1\nmatch: { identifier: crm, email: mail, phone_number: tel }\nfields: { name: name }\n',
} as const;
type By = keyof typeof MAPPINGS;

const contactOf = (id: number) => ({
  id,
  identifier: `zq${id}`,
  email: `m${id}@q.example`,
  phone_number: `+4930900${1000 + id}`,
});

/** A site with contacts 1 to `rows`, an input that names each, and the arguments of a run over it. */
async function siteBy(by: By, rows: number) {
  const contactList = Array.from({ length: rows }, (_one, i) => contactOf(i + 1));
  const site = await newSite({ contacts: 0, contactList, searchLimit: null, limit: null });
  const lines = contactList.map(
    (one) => `${one.id},${one.identifier},${one.email},${one.phone_number},n${one.id}`,
  );
  const input = site.write('in.csv', `id,crm,mail,tel,name\n${lines.join('\n')}\n`);
  const mapping = site.write('m.yaml', MAPPINGS[by]);
  return { site, args: [input, '-m', mapping, '--max-errors', '100%'] };
}

const FAST = ['--search-rate', '50', '--max-attempts', '3'];

function expectNoneFailed(site: Site, rows: number): void {
  expect(site.kept().summary).toMatchObject({ stopped: { code: 'ERR_OUTAGE' }, statuses: { failed: 0 } });
  const { summary } = site.kept();
  const ended = Object.values(summary?.statuses ?? {}).reduce((sum, count) => sum + count, 0);
  expect(ended + (summary?.pending ?? 0)).toBe(rows);
}

/** Whether every contact was written once. */
function expectAllWritten(emulator: Emulator, rows: number): void {
  expect(new Set(emulator.journal.map(({ contactId }) => contactId)).size).toBe(rows);
}

describe('where writes fail and everything else works, no row is failed', () => {
  it.each<[by: By, rows: number, worksFor: number]>([
    ['ids', 30, 0],
    ['ids', 3, 0],
    ['ids', 12, 8],
    ['expect', 12, 0],
    ['additional attributes', 12, 0],
    ['one key', 12, 0],
    ['two keys', 12, 4],
  ])('with %s, %i rows, after %i writes', { timeout: 180_000 }, async (by, rows, worksFor) => {
    const { site, args } = await siteBy(by, rows);
    let writes = 0;
    let isDown = true;
    const gateway = await gatewayBefore(site.emulator.url, (passing) => {
      if (!isWrite(passing)) return undefined;
      writes += 1;
      return isDown && writes > worksFor ? { status: 500 } : undefined;
    });
    const env = { LIVEDESK_BASE_URL: gateway.url };
    const outage = [
      '--search-rate',
      '50',
      '--max-attempts',
      '3',
      '--outage-budget',
      '6s',
      '--rate',
      '20',
      '--concurrency',
      '4',
    ];
    expect((await site.run([...args, ...outage], { env })).code).toBe(3);
    expectNoneFailed(site, rows);
    isDown = false;
    expect((await site.run(['--resume', 'runs/latest'], { env })).code).toBe(0);
    expect(statusesOf(site)).toMatchObject({ updated: rows });
    expectAllWritten(site.emulator, rows);
  });
});

describe('where the API is down', () => {
  it.each<By>(['one key', 'two keys', 'three keys'])(
    'with %s, the run stops at its budget and no row is failed',
    { timeout: 180_000 },
    async (by) => {
      const { site, args } = await siteBy(by, 12);
      site.emulator.setDown(true);
      const { code } = await site.run([...args, ...FAST, '--outage-budget', '5s']);
      expect(code).toBe(3);
      expectNoneFailed(site, 12);
      expect(site.kept().summary?.duration_s).toBeLessThan(20);
    },
  );

  it.each<By>(['one key', 'two keys', 'three keys'])(
    'for some seconds, with %s, no row is failed',
    { timeout: 180_000 },
    async (by) => {
      const { site, args } = await siteBy(by, 12);
      site.emulator.setDown(true);
      setTimeout(() => site.emulator.setDown(false), 6_000);
      expect((await site.run([...args, ...FAST])).code).toBe(0);
      expect(statusesOf(site)).toMatchObject({ updated: 12 });
    },
  );
});

describe('403', () => {
  it.each<[by: By, rows: number, forbidden: number]>([
    ['one key', 5, 1],
    ['two keys', 5, 1],
    ['one key', 12, 7],
    ['ids', 12, 7],
  ])(
    'with %s, of %i contacts for the first %i: these are rejected, the others updated',
    { timeout: 180_000 },
    async (by, rows, forbidden) => {
      const { site, args } = await siteBy(by, rows);
      const ids = Array.from({ length: forbidden }, (_one, i) => i + 1);
      site.emulator.set({ contactFaults: Object.fromEntries(ids.map((id) => [id, '403' as const])) });
      expect((await site.run([...args, '--concurrency', '1', '--search-rate', '5'])).code).toBe(1);
      expect(statusesOf(site)).toMatchObject({ rejected: forbidden, updated: rows - forbidden });
    },
  );

  it('for the search of one row: that row is rejected, although it is the first answer of all', async () => {
    const { site, args } = await siteBy('one key', 5); // more are read from the list
    const gateway = await gatewayBefore(site.emulator.url, ({ path }) =>
      path.includes('q=zq1&') ? { status: 403, body: '{"error":"no"}' } : undefined,
    );
    expect((await site.run(args, { env: { LIVEDESK_BASE_URL: gateway.url } })).code).toBe(1);
    expect(statusesOf(site)).toMatchObject({ rejected: 1, updated: 4 });
  });
});
