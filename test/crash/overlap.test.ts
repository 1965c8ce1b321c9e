import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, type Site, until } from './site.ts';

/** Runs a program in namespaces of its own, as a container does. */
const UNSHARE = 'unshare';
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Starts a run that will not end by itself soon, and waits until it is at work. */
async function busy(site: Site) {
  const started = site.start(['contacts.csv', '--rate', '20']);
  await until(() => site.emulator.journal.length > 3, started.child);
  return started;
}

async function newBusySite(): Promise<Site> {
  const site = await newSite();
  site.write('contacts.csv', numberedCsv(900));
  return site;
}

it('a second run ends with 4 and names the first, its directory and since when', async () => {
  const site = await newBusySite();
  const { child, ended } = await busy(site);
  const [first = ''] = site.runs();
  const began = performance.now();
  const { code, stderr, stdout } = await site.run(['contacts.csv']);
  expect(performance.now() - began).toBeLessThan(4_000); // most of it is the start of Node on a busy machine
  expect(code).toBe(4);
  expect(stderr).toContain(join(site.dir, first));
  expect(stderr).toMatch(/since \d{4}-\d\d-\d\dT.*process \d+.*--wait-lock/);
  expect(stdout).toBe('');
  // it left nothing behind
  expect(site.runs()).toEqual([first]);

  child.kill('SIGKILL');
  await ended;
  expect((await site.run(['contacts.csv', '--limit', '3'])).code).toBe(0);
});

it('two runs that begin together: one works, the other ends with 4', async () => {
  const site = await newBusySite();
  const codes = await Promise.all(
    Array.from(
      { length: 4 },
      async () => (await site.run(['contacts.csv', '--limit', '150', '--rate', '30'])).code,
    ),
  );
  expect(codes.sort()).toEqual([0, 4, 4, 4]);
});

it('--wait-lock lets the second one follow the first', async () => {
  const site = await newBusySite();
  const first = site.run(['contacts.csv', '--limit', '200', '--rate', '40']);
  await until(() => site.emulator.journal.length > 0);
  site.write('newer.csv', 'contact_id,custom_attributes.n\n1,newer\n');
  const second = await site.run(['newer.csv', '--wait-lock', '1m']);
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('waiting for another run of this account');
  expect((await first).code).toBe(0);
  expect(site.emulator.journal).toHaveLength(201);
});

it('a resume and a retry are held off as well, a dry run is not', async () => {
  const site = await newBusySite();
  await site.run(['contacts.csv', '--limit', '1']);
  const [done = ''] = site.runs();
  const { child, ended } = await busy(site);
  expect((await site.run(['--resume', done])).code).toBe(4);
  const dry = await site.run(['contacts.csv', '--dry-run']);
  expect(dry.code).toBe(0);
  child.kill('SIGKILL');
  await ended;
});

it('runs of different accounts do not hold each other up', async () => {
  const site = await newBusySite();
  const { child, ended } = await busy(site);
  const other = await newSite({ apiKey: 'other' });
  const env = { LIVEDESK_API_KEY: 'other', LIVEDESK_BASE_URL: other.emulator.url };
  expect((await site.run(['contacts.csv', '--limit', '3'], { env })).code).toBe(0);
  child.kill('SIGKILL');
  await ended;
});

it('the lock beside the run directories holds where temporary folders differ, as between containers', async () => {
  const site = await newBusySite();
  const { child, ended } = await busy(site);
  const { code } = await site.run(['contacts.csv'], { env: { TMPDIR: join(site.dir) } });
  expect(code).toBe(4);
  expect(existsSync(join(site.dir, 'runs', 'latest'))).toBe(true);
  child.kill('SIGKILL');
  await ended;
  expect((await site.run(['contacts.csv', '--limit', '1'], { env: { TMPDIR: site.dir } })).code).toBe(0);
});

it('the lock holds between containers, in each of which the run is process 1', async ({ skip }) => {
  const wall = ['-pnf', process.execPath];
  if (spawnSync(UNSHARE, ['-pnf', 'true']).status !== 0) {
    if (process.env['CI'] === 'true') throw new Error('cannot make namespaces');
    skip('two containers are not tested: making namespaces takes root');
  }
  const site = await newBusySite();
  const { child, ended } = await busy(site);
  const env = {
    PATH: process.env['PATH'],
    TMPDIR: site.dir,
    LIVEDESK_BASE_URL: site.emulator.url,
    LIVEDESK_API_KEY: 'demo-key',
    LIVEDESK_API_SECRET: 'demo-secret',
  };
  const inContainer = () => {
    // nothing can be reached from in there, but the lock comes first
    const args = [...wall, MAIN, 'run', 'contacts.csv', '--stop-after', '0s'];
    return spawnSync(UNSHARE, args, { cwd: site.dir, env, encoding: 'utf8' });
  };
  expect(inContainer()).toMatchObject({ status: 4, stderr: expect.stringContaining('holds the lock since') });
  child.kill('SIGKILL');
  await ended;
  expect(inContainer().status).toBe(3);
});
