import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { CONTAINED } from '../helpers/cli-process.ts';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, type Site, until } from './site.ts';

// two containers over one volume: each program is process 1 and has a folder for temporary files of its own

function needsContainers({ skip }: TestContext): void {
  const [program, ...args] = CONTAINED;
  try {
    execFileSync(program, [...args, 'true'], { stdio: 'pipe' });
  } catch (cause) {
    if (process.env['CI'] === 'true') throw new Error('cannot make a name space of process ids', { cause });
    skip('two containers over one volume are not tested: a name space of process ids takes root');
  }
}

function container(site: Site, name: string) {
  const own = join(site.dir, name);
  mkdirSync(own);
  return { isContained: true, env: { TMPDIR: own, HOME: own } };
}

test('on one state the second one ends with 4, or waits and goes on', {
  timeout: 180_000,
}, async (context) => {
  needsContainers(context);
  const site = await newSite({ contacts: 60, latencyMs: [20, 20] });
  const input = site.write('contacts.csv', numberedCsv(60));
  // slow enough for the other two to begin meanwhile, on a busy machine as well
  const first = site.start([input, '--rate', '8'], container(site, 'first'));
  await until(() => site.emulator.journal.length > 3, first.child);
  const [second, waiting] = await Promise.all([
    site.run([input], container(site, 'second')),
    site.run([input, '--wait-lock', '50s'], container(site, 'third')),
  ]);
  expect([second.code, second.stderr]).toEqual([4, expect.stringContaining('lock')]);
  expect((await first.ended).code).toBe(0);
  expect(waiting.code).toBe(0);
  // the one that waited found it all done
  expect(waiting.stdout).toMatch(/unchanged\s+60/);
  expect(site.emulator.journal).toHaveLength(60);
});

test('of one state two shards work side by side, and none starves', { timeout: 180_000 }, async (context) => {
  needsContainers(context);
  const site = await newSite({ contacts: 400, latencyMs: [2, 2] });
  const input = site.write('contacts.csv', numberedCsv(400));
  const shards = (round: string) =>
    Promise.all(
      ['1/2', '2/2'].map((shard) =>
        site.run([input, '--shard', shard], container(site, `${round}-${shard.slice(0, 1)}`)),
      ),
    );
  for (const { code, stderr } of await shards('first'))
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(site.emulator.journal).toHaveLength(400);
  site.emulator.reset();
  for (const { code } of await shards('again')) expect(code).toBe(0);
  expect(site.emulator.requests).toHaveLength(0);
});
