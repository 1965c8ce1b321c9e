import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type LockOptions, takeLock } from '../../src/coordination/account-lock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Shard } from '../../src/core/shard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const all = (of: number): Shard[] => Array.from({ length: of }, (_, i) => ({ index: i + 1, of }));

it('lets the shards of one job work side by side, all beginning at once', async () => {
  const job = newJob();
  const releases = await Promise.all(all(8).map((shard) => takeLock(job(shard))));
  expect(releases).toHaveLength(8);
  for (const release of releases) release();
});

it.each<[what: string, holder: Shard | undefined, comer: Shard | undefined, says: RegExp]>([
  ['the same shard', { index: 2, of: 4 }, { index: 2, of: 4 }, /^shard 2\/4 of a run of this account holds/],
  ['a shard of another number', { index: 2, of: 4 }, { index: 3, of: 5 }, /^shard 2\/4 of a run/],
  ['a run of all rows', { index: 2, of: 4 }, undefined, /^shard 2\/4 of a run/],
  ['a shard beside a run of all rows', undefined, { index: 2, of: 4 }, /^another run of this account holds/],
])('keeps out %s', async (_what, holder, comer, says) => {
  const job = newJob();
  const release = await takeLock(job(holder));
  await expect(takeLock(job(comer))).rejects.toMatchObject({
    code: 'ERR_LOCKED',
    exitCode: 4,
    message: expect.stringMatching(says),
  });
  release();
  (await takeLock(job(comer)))();
});

it('keeps two shards out of one run directory', async () => {
  const job = newJob();
  const release = await takeLock(job({ index: 1, of: 2 }, '/runs/both'));
  await expect(takeLock(job({ index: 2, of: 2 }, '/runs/both'))).rejects.toThrow(/\/runs\/both/);
  release();
});

it('goes to one shard of each number when all begin at once, whichever number wins', async () => {
  const job = newJob();
  for (let round = 0; round < 10; round += 1) {
    const comers = [...all(3), ...all(3), ...all(2), undefined];
    const settled = await Promise.allSettled(comers.map((shard) => takeLock(job(shard))));
    const winners = comers.filter((_, i) => settled[i]?.status === 'fulfilled');
    expect(new Set(winners.map((shard) => shard?.of ?? 1)).size, JSON.stringify(winners)).toBe(1);
    expect(winners).toHaveLength(winners[0]?.of ?? 1);
    for (const one of settled) if (one.status === 'fulfilled') one.value();
  }
});

it('does not take somebody who only waits for a run of all rows', async () => {
  const job = newJob();
  const first = await takeLock(job({ index: 1, of: 2 }));
  const waiting = takeLock({ ...job(undefined), waitMs: 60_000 });
  // the waiting one looks again and again; no look may turn a shard away
  for (let i = 0; i < 100; i += 1) (await takeLock(job({ index: 2, of: 2 })))();
  first();
  (await waiting)();
});

it('leaves nothing of dead shards behind for ever', async () => {
  const options = newJob();
  for (const shard of all(5)) (await takeLock(options(shard)))();
  const { roots, account } = options(undefined);
  (await takeLock(options(undefined)))();
  expect(readdirSync(join(roots[0] ?? '', `.lock-${account}`)).filter((name) => name.includes('of'))).toEqual(
    [],
  );
});

// --- internal ---

let accounts = 0;

/** Options for a shard, or for a run of all rows, of a fresh account. Each run has a directory of its own. */
function newJob(): (shard: Shard | undefined, dir?: string) => LockOptions {
  accounts += 1;
  const account = `${process.pid.toString(16)}${Date.now().toString(16)}s${accounts}`;
  const root = tempDir();
  let runs = 0;
  return (shard, dir) => {
    runs += 1;
    const run_dir = dir ?? `/runs/${runs}`;
    return {
      account,
      roots: [root],
      holder: { run_dir, since: '2026-11-22T02:00:00.000Z', pid: 1, ...(shard ? { shard } : {}) },
      clock: systemClock,
      waitMs: 0,
      draining: new AbortController().signal,
      onWait() {},
      onNoMachineLock() {},
      onUnguarded() {
        throw new Error('no lock could be kept');
      },
    };
  };
}
