import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Holder, type LockOptions, takeLock } from '../../src/coordination/account-lock.ts';
import { systemClock } from '../../src/core/clock.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const CONTENDER = fileURLToPath(new URL('contender.mjs', import.meta.url));

it('names who holds the lock, where and since when', async () => {
  const options = lockOptions();
  const release = await takeLock(options);
  await expect(takeLock(options)).rejects.toMatchObject({
    code: 'ERR_LOCKED',
    exitCode: 4,
    message: expect.stringMatching(/since 2026-11-22T02:00:00.000Z: \/runs\/monday \(process 1\)/),
  });
  release();
});

it('is free at once when its holder lets go, as often as you like', async () => {
  const options = lockOptions();
  for (let i = 0; i < 20; i += 1) (await takeLock(options))();
  expect(readdirSync(join(options.roots[0] ?? '', `.lock-${options.account}`))).toEqual(['20']);
});

it('does not hold up another account', async () => {
  const options = lockOptions();
  const releases = [await takeLock(options), await takeLock({ ...options, account: newAccount() })];
  for (const release of releases) release();
});

it('is one lock for the machine, wherever the run directories lie', async () => {
  const options = lockOptions();
  const release = await takeLock(options);
  await expect(takeLock({ ...options, roots: [tempDir()] })).rejects.toThrow(/holds the lock/);
  release();
});

it('waits for the holder to end, and tells once that it waits', async () => {
  const options = lockOptions();
  const release = await takeLock(options);
  const told: (Holder | undefined)[] = [];
  const waiting = takeLock({ ...options, waitMs: 60_000, onWait: (holder) => told.push(holder) });
  await systemClock.sleep(600);
  release();
  (await waiting)();
  expect(told).toMatchObject([{ run_dir: '/runs/monday' }]);
});

it('stops waiting when the run is told to stop', async () => {
  const options = lockOptions();
  const release = await takeLock(options);
  const stop = new AbortController();
  const waiting = takeLock({ ...options, waitMs: 60_000, draining: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_LOCKED' });
  release();
});

it('takes a holder that does not answer for alive', async () => {
  const options = lockOptions();
  const dir = join(options.roots[0] ?? '', `.lock-${options.account}`);
  mkdirSync(dir);
  const mute = createServer(() => {}).listen(join(dir, '7'));
  await once(mute, 'listening');
  await expect(takeLock(options)).rejects.toThrow(/does not say which/);
  mute.close();
});

it('leaves the machine lock where the other one is held', async () => {
  const options = lockOptions();
  const other = await takeLock(options);
  const elsewhere = { ...options, account: newAccount() };
  mkdirSync(join(options.roots[0] ?? '', `.lock-${elsewhere.account}`));
  const holder = createServer((socket) => socket.end('{}')).listen(
    join(options.roots[0] ?? '', `.lock-${elsewhere.account}`, '1'),
  );
  await once(holder, 'listening');
  await expect(takeLock(elsewhere)).rejects.toMatchObject({ code: 'ERR_LOCKED' });
  const free = await takeLock({ ...elsewhere, roots: [tempDir()] });
  free();
  other();
  holder.close();
});

it('says that nothing keeps others away where no lock can be kept', async () => {
  const options = lockOptions();
  let unguarded = 0;
  const root = join(tempDir(), 'x'.repeat(120), 'y');
  const release = await takeLock({ ...options, roots: [root], onUnguarded: () => (unguarded += 1) });
  // the machine lock is still there
  expect(unguarded).toBe(0);
  release();
});

it('goes to exactly one of many that find a dead holder, 30 times over', { timeout: 180_000 }, async () => {
  const options = lockOptions();
  for (let round = 0; round < 30; round += 1) {
    const holder = await contender(options);
    expect(await holder.contend()).toBe('taken');
    await holder.kill();
    const many = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(options)));
    const winners = many.filter((one) => one.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const { value: release } of winners) release();
  }
});

it('goes to exactly one of many processes', { timeout: 180_000 }, async () => {
  const options = lockOptions();
  const all = await Promise.all(Array.from({ length: 8 }, () => contender(options)));
  let alive = all;
  // each round the winner dies and the others try again
  while (alive.length > 1) {
    const said = await Promise.all(alive.map(({ contend }) => contend()));
    const winners = said.filter((text) => text === 'taken');
    expect(winners).toHaveLength(1);
    expect(said.filter((text) => text.startsWith('ERR_LOCKED'))).toHaveLength(alive.length - 1);
    await Promise.all(alive.map(({ kill }) => kill()));
    alive = await Promise.all(alive.slice(1).map(() => contender(options)));
  }
});

it('keeps two away from one state, though they share nothing else', async () => {
  const [state, account] = [tempDir(), newAccount()];
  const inContainer = (uid: number): LockOptions => ({
    ...lockOptions(),
    account,
    uid, // another lock of the machine
    roots: [tempDir(), state],
  });
  const release = await takeLock(inContainer(70_001));
  await expect(takeLock(inContainer(70_002))).rejects.toThrow(/holds the lock/);
  release();
  (await takeLock(inContainer(70_002)))();
});

it.each([
  [
    'that others may write to',
    (path: string) => mkdirSync(path, { mode: 0o700 }),
    0o777,
    'others may use it',
  ],
  ['that others may read', (path: string) => mkdirSync(path), 0o755, 'others may use it'],
  ['that is a link', (path: string) => symlinkSync(tempDir(), path), undefined, 'a link or a file'],
  ['that is a file', (path: string) => writeFileSync(path, ''), undefined, 'EEXIST'],
])('a folder for machine locks %s is not used, and that is said', async (_what, make, mode, why) => {
  const tmp = tempDir();
  vi.stubEnv('TMPDIR', tmp);
  onTestFinished(() => void vi.unstubAllEnvs());
  const uid = process.getuid?.();
  const path = join(tmp, `livedesk-contact-sync-${uid}`);
  make(path);
  if (mode !== undefined) chmodSync(path, mode);
  const said: string[] = [];
  const options = { ...lockOptions(), uid, onNoMachineLock: (text: string) => void said.push(text) };
  const release = await takeLock(options);
  expect(said).toEqual([expect.stringContaining(why)]);
  // the runs' own place is guarded all the same
  await expect(takeLock(options)).rejects.toMatchObject({ code: 'ERR_LOCKED' });
  if (mode !== undefined) expect(readdirSync(path)).toEqual([]);
  release();
});

it('a folder for machine locks that belongs to another user is not used', async () => {
  const tmp = tempDir();
  vi.stubEnv('TMPDIR', tmp);
  onTestFinished(() => void vi.unstubAllEnvs());
  const uid = (process.getuid?.() ?? 0) + 1;
  mkdirSync(join(tmp, `livedesk-contact-sync-${uid}`), { mode: 0o700 });
  const said: string[] = [];
  const release = await takeLock({ ...lockOptions(), uid, onNoMachineLock: (text) => void said.push(text) });
  expect(said).toEqual([expect.stringContaining('belongs to another user')]);
  release();
});

// --- internal ---

let accounts = 0;
/** Accounts of which no other test on this machine holds the lock. */
function newAccount(): string {
  accounts += 1;
  return `${process.pid.toString(16)}${Date.now().toString(16)}${accounts}`;
}

function lockOptions(): LockOptions {
  return {
    account: newAccount(),
    roots: [tempDir()],
    holder: { run_dir: '/runs/monday', since: '2026-11-22T02:00:00.000Z', pid: 1 },
    clock: systemClock,
    waitMs: 0,
    draining: new AbortController().signal,
    onWait() {},
    onNoMachineLock() {},
    onUnguarded() {
      throw new Error('no lock could be kept');
    },
  };
}

/** A process that takes the lock when told to. */
async function contender({ roots: [root = ''], account }: LockOptions) {
  expect(existsSync(CONTENDER)).toBe(true);
  const child: ChildProcess = spawn(process.execPath, [CONTENDER, root, account], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const next = async (): Promise<string> => {
    const [chunk] = child.stdout ? await once(child.stdout, 'data') : [''];
    return String(chunk).trim();
  };
  expect(await next()).toBe('ready');
  return {
    contend(): Promise<string> {
      const said = next();
      child.stdin?.write('go\n');
      return said;
    },
    async kill(): Promise<void> {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
