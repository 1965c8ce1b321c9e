import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { type Nights, nights } from '../helpers/nights.ts';

const CONTACTS = 20;
const PAGE = 4096;
/** Random damages; `DAMAGES=200` takes a minute. */
const DAMAGES = Number(process.env['DAMAGES'] ?? 100);
const MAPPING =
  'contact_id: id\nfields: { name: name, email: email, custom_attributes.a: a, custom_attributes.b: b }\n';

const csv = (night: string): string =>
  `id,name,email,a,b\n${Array.from({ length: CONTACTS }, (_, i) => `${i + 1},${night} ${i + 1},${night}${i + 1}@example.com,a${i},b${i}\n`).join('')}`;

/** A store as a night left it, to be damaged and put in place again and again. */
async function store(): Promise<{
  site: Nights;
  pages: number;
  /** Puts the store back with `damage`; with `isKilled` as a run leaves it that did not end by itself. */
  put(damage: (bytes: Buffer) => void, isKilled?: boolean): void;
}> {
  const site = await nights(MAPPING);
  await site.run(csv('monday'));
  await site.pull();
  const state = join(site.dir, 'state');
  const account = readdirSync(state).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? '';
  const data = readFileSync(join(state, account, 'data.mdb'));
  const stamp = readFileSync(join(state, account, 'state.json'), 'utf8');
  return {
    site,
    pages: data.length / PAGE,
    put(damage, isKilled = false) {
      rmSync(state, { recursive: true });
      mkdirSync(join(state, account), { recursive: true, mode: 0o700 });
      const bytes = Buffer.from(data);
      damage(bytes);
      writeFileSync(join(state, account, 'data.mdb'), bytes);
      writeFileSync(join(state, account, 'state.json'), isKilled ? stamp.replace(/,"crc32":\d+/, '') : stamp);
    },
  };
}

/** What is wrong after a night over a damaged store; undefined where all is well. */
async function faultOf(site: Nights, night: string, mustSay: boolean): Promise<string | undefined> {
  let { code, stdout, stderr } = await site.run(csv(night));
  if (code === 3) {
    if (!/Next: +livedesk-sync run --resume/.test(stdout)) return `exit 3 without a way on: ${stdout}`;
    ({ code, stdout, stderr } = await site.run(csv(night)));
  } else if (mustSay && !/cannot be read .*moved to .*begun anew/.test(stderr))
    return `nothing was said: ${stderr}`;
  if (code !== 0) return `exit ${code}: ${stderr}`;
  for (let id = 1; id <= CONTACTS; id++) {
    const { name, email } = site.emulator.contact(id) ?? {};
    if (name !== `${night} ${id}` || email !== `${night}${id}@example.com`)
      return `contact ${id} is ${name}, ${email}`;
  }
  return undefined;
}

const zero = (page: number) => (bytes: Buffer) => void bytes.fill(0, page * PAGE, (page + 1) * PAGE);

it('each page of a store zeroed in turn: it is moved aside, which is said, and more is sent', {
  timeout: 240_000,
}, async () => {
  const { site, pages, put } = await store();
  expect(pages).toBeGreaterThan(10);
  const faults: Record<string, string | undefined> = {};
  for (let page = 0; page < pages; page++) {
    put(zero(page));
    const fault = await faultOf(site, page % 2 === 0 ? 'tuesday' : 'wednesday', true);
    if (fault) faults[`page ${page}`] = fault;
  }
  expect(faults).toEqual({});
});

it('the same after a run that was killed, which left no checksum: what is read of it is found out while it is read', {
  timeout: 240_000,
}, async () => {
  const { site, pages, put } = await store();
  const faults: Record<string, string | undefined> = {};
  for (let page = 0; page < pages; page++) {
    put(zero(page), true);
    const fault = await faultOf(site, page % 2 === 0 ? 'tuesday' : 'wednesday', false);
    if (fault) faults[`page ${page}`] = fault;
  }
  expect(faults).toEqual({});
});

it('random damages, found when the store is opened', { timeout: 480_000 }, async () => {
  const { site, pages, put } = await store();
  const random = seeded(20_261_128);
  const faults: Record<string, string | undefined> = {};
  for (let n = 0; n < DAMAGES; n++) {
    put((bytes) => {
      const at = random(pages * PAGE);
      const length = 1 + random(64);
      for (let i = at; i < Math.min(bytes.length, at + length); i++)
        bytes[i] = (bytes[i] ?? 0) ^ (1 + random(255));
    });
    const fault = await faultOf(site, n % 2 === 0 ? 'tuesday' : 'wednesday', true);
    if (fault) faults[`damage ${n}`] = fault;
  }
  expect(faults).toEqual({});
});

it('a pull moves a damaged store aside as well, and reads all contacts', { timeout: 180_000 }, async () => {
  const { site, pages, put } = await store();
  const pull = () =>
    cliHere([
      'pull',
      '--base-url',
      site.emulator.url,
      '--rate',
      'unlimited',
      '--state',
      join(site.dir, 'state'),
    ]);
  for (let page = 0; page < pages; page += 3) {
    for (const isKilled of [false, true]) {
      put(zero(page), isKilled);
      let { code, stderr } = await pull();
      expect([0, 3], `page ${page}: ${stderr}`).toContain(code);
      if (code === 3) ({ code, stderr } = await pull());
      expect(code, `page ${page}: ${stderr}`).toBe(0);
    }
  }
});

// --- internal ---

/** A number below `below`, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
