import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRedisUrl } from '../../src/coordination/redis/redis-url.ts';
import { openWorkers, readWorkersAddress } from '../../src/coordination/workers.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Shard } from '../../src/core/shard.ts';
import { Shutdown } from '../../src/core/shutdown.ts';
import { type RedisHere, redisHere } from '../helpers/redis-here.ts';
import { createTestLog } from '../helpers/test-log.ts';

interface Wanted {
  readonly rate?: number;
  readonly account?: string;
  /** Default: a lock for all rows. */
  readonly lock?: Shard | 'none';
  readonly waitLockMs?: number;
}

/** A worker in this process; it leaves with the test. */
async function join(redis: RedisHere, { rate = 100, account = 'a1', lock, waitLockMs = 0 }: Wanted = {}) {
  const log = createTestLog();
  const stop = new Shutdown();
  const holder = { run_dir: '/runs/one', since: '2026-11-26T02:00:00.000Z', pid: 7 };
  const shard = typeof lock === 'object' ? { shard: lock } : {};
  const sharing = await openWorkers(
    { address: parseRedisUrl(redis.url), rate },
    { account, waitLockMs, ...(lock === 'none' ? {} : { holder: { ...holder, ...shard } }) },
    systemClock,
    log.logger,
    stop,
  );
  onTestFinished(() => sharing.close());
  return { sharing, log, stop };
}

async function until(isSo: () => boolean, ms = 8_000): Promise<void> {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not so after ${ms} ms: ${isSo}`);
    await systemClock.sleep(20);
  }
}

const SHARDS = (index: number, of = 2): Wanted => ({ lock: { index, of } });

test('a rate that is to be found out cannot be shared', () => {
  const env = { LIVEDESK_REDIS_URL: 'redis://redis.example' };
  expect(() => readWorkersAddress(env, 'auto')).toThrowError(expect.objectContaining({ code: 'ERR_USAGE' }));
  expect(readWorkersAddress(env, 5)).toMatchObject({ rate: 5, address: { where: 'redis.example:6379' } });
  expect(readWorkersAddress({}, 'auto')).toBeUndefined();
});

describe('the lock', () => {
  test('a second run of all rows is kept out, and told by whom', async (context) => {
    const redis = await redisHere(context);
    const { sharing } = await join(redis);
    await expect(join(redis)).rejects.toMatchObject({
      code: 'ERR_LOCKED',
      exitCode: 4,
      message: expect.stringMatching(/another run on .* since 2026-11-26.*: \/runs\/one \(process 7\)/),
    });
    await join(redis, { account: 'another' });
    await join(redis, { lock: 'none' });
    await sharing.close();
    await join(redis);
  });

  test.for<[string, Wanted, Wanted, boolean]>([
    ['shards of one number', SHARDS(1), SHARDS(2), true],
    ['the same shard', SHARDS(1), SHARDS(1), false],
    ['shards of other numbers', SHARDS(1), SHARDS(2, 3), false],
    ['a shard beside all rows', {}, SHARDS(1), false],
    ['all rows beside a shard', SHARDS(1), {}, false],
  ])('%s', async ([, first, second, isBeside], context) => {
    const redis = await redisHere(context);
    await join(redis, first);
    if (isBeside) await join(redis, second);
    else await expect(join(redis, second)).rejects.toMatchObject({ code: 'ERR_LOCKED' });
  });

  test('is waited for', async (context) => {
    const redis = await redisHere(context);
    const { sharing } = await join(redis);
    const second = join(redis, { waitLockMs: 10_000 });
    await systemClock.sleep(100);
    await sharing.close();
    expect((await second).log.text()).toContain('waiting for another run');
  });

  test('ends some seconds after a holder that died', async (context) => {
    const redis = await redisHere(context);
    await join(redis); // its heartbeat, aged, stands for one of a process that was killed
    const [name = ''] = await redis.client.zrange('livedesk-sync:{a1}:seen', '0', '-1');
    const entry = await redis.client.hget('livedesk-sync:{a1}:members', name);
    await redis.client.zadd('livedesk-sync:{a2}:seen', `${Date.now() - 4_000}`, 'dead');
    await redis.client.hset('livedesk-sync:{a2}:members', 'dead', entry ?? '');
    await expect(join(redis, { account: 'a2' })).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    await join(redis, { account: 'a2', waitLockMs: 5_000 });
  });

  test('lost while Redis was away: the run stops', async (context) => {
    const redis = await redisHere(context);
    const { stop } = await join(redis);
    await redis.client.del('livedesk-sync:{a1}:seen', 'livedesk-sync:{a1}:members');
    await join(redis).catch(() => {}); // between two heartbeats
    await until(() => stop.reason !== undefined);
    expect(stop.reason).toMatchObject({ error: { code: 'ERR_LOCK_LOST', exitCode: 3 } });
  });
});

describe('what is shared', () => {
  test('the lowest rate holds, for as long as its worker is there', async (context) => {
    const redis = await redisHere(context);
    const one = await join(redis, { rate: 100, lock: 'none' });
    const two = await join(redis, { rate: 40, lock: 'none' });
    const free = await join(redis, { rate: Number.POSITIVE_INFINITY, lock: 'none' });
    expect(two.sharing.ratePerSecond).toBe(40);
    expect(free.sharing.ratePerSecond).toBe(40);
    expect(free.log.text()).toContain('the lowest holds for all together, 40/s');
    await until(() => one.sharing.ratePerSecond === 40 && one.sharing.workers === 3);
    expect(two.log.text()).not.toContain('lowest');
    await two.sharing.close();
    await until(() => one.sharing.ratePerSecond === 100 && free.sharing.ratePerSecond === 100);
    expect(one.sharing.workers).toBe(2);
  });

  test.for([0.7, 3, 30, 333.3])('turns at %s/s', async (rate, context) => {
    const redis = await redisHere(context);
    const { sharing, log } = await join(redis, { rate, lock: 'none' });
    const [first = 0, second = 0] = [await sharing.waitingRows(), await sharing.waitingRows()];
    const ms = Math.max(70, 1000 / rate);
    expect(second - first).toBeGreaterThan(ms - 20);
    expect(second - first).toBeLessThan(ms + 60);
    expect(log.text()).not.toContain('fails');
  });

  test('pauses, also with who comes later; the one that asked is not told', async (context) => {
    const redis = await redisHere(context);
    const [one, two] = [await join(redis, { lock: 'none' }), await join(redis, { lock: 'none' })];
    const heard: number[] = [];
    one.sharing.onPause((until) => heard.push(until));
    two.sharing.onPause((until) => heard.push(until));
    const end = Date.now() + 3_000;
    one.sharing.pause(3_000);
    await until(() => heard.some((until) => until > 0));
    const three = await join(redis, { lock: 'none' });
    three.sharing.onPause((until) => heard.push(until));
    const pauses = heard.filter((until) => until > 0);
    expect(pauses).toHaveLength(2);
    for (const until of pauses) expect(Math.abs(until - end)).toBeLessThan(250);
    expect(one.log.text()).not.toContain('another worker');
  });

  test('keys are named after the account, go away by themselves, and hold no secret', async (context) => {
    const redis = await redisHere(context);
    const { sharing } = await join(redis);
    await sharing.waitingRows();
    sharing.pause(1_000);
    await until(() => sharing.workers === 1);
    const keys = await redis.client.keys('*');
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      expect(key).toMatch(/^(b_)?livedesk-sync:\{a1\}/);
      expect(await redis.client.pttl(key), key).toBeGreaterThan(0);
    }
  });
});

describe('without Redis', () => {
  test('each has its share; what returns is careful until all had the time to', async (context) => {
    const redis = await redisHere(context);
    const [one, two] = [await join(redis, { lock: 'none' }), await join(redis, { lock: 'none' })];
    await until(() => one.sharing.workers === 2);
    await redis.kill();
    await until(() => one.sharing.mode === 'alone' && two.sharing.mode === 'alone');
    expect(one.sharing.workers).toBe(2);
    expect(await one.sharing.waitingRows()).toBeUndefined();
    await redis.start();
    await until(() => one.sharing.mode === 'returning' && two.sharing.mode === 'returning');
    await until(() => one.sharing.mode === 'together' && two.sharing.mode === 'together');
    expect(await one.sharing.waitingRows()).toBeGreaterThan(0);
    expect(one.log.text().match(/Redis fails/g)).toHaveLength(1);
    expect(one.log.text().match(/Redis is back/g)).toHaveLength(1);
  });

  test('leaving does not wait for one that hangs', async (context) => {
    const redis = await redisHere(context);
    const { sharing } = await join(redis);
    redis.freeze();
    const began = performance.now();
    await sharing.close();
    expect(performance.now() - began).toBeLessThan(800);
    redis.thaw();
  });
});
