import { linkSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Clock } from '../clock.ts';
import { codeOf, EXIT, RunError } from '../errors.ts';

/** Who holds a lock, as it tells whoever asks. */
export interface Holder {
  readonly run_dir: string;
  /** ISO time. */
  readonly since: string;
  readonly pid: number;
}

export interface LockOptions {
  readonly account: string;
  /** Directory in which the run directories lie: seen by every container that shares it. */
  readonly root: string;
  readonly holder: Holder;
  readonly clock: Clock;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
  /** Ends the wait. */
  readonly draining: AbortSignal;
  readonly onWait: (holder: Holder | undefined) => void;
}

const POLL_MS = 250;
/** A holder that is stopped or very busy may not answer; it is taken for alive. */
const ANSWER_MS = 500;
/** Longest path of a Unix socket on every system. */
const MAX_SOCKET_PATH = 100;

/**
 * Takes the lock of an account: one run at a time on one machine. The lock is a listening socket, which the kernel
 * closes with its process however that dies, so a dead holder is told from a living one at once, across containers
 * too. There are two: one for the machine in the temporary folder, one beside the run directories. Throws
 * `ERR_LOCKED` (exit 4) naming the holder. Gives how to release.
 */
export async function takeLock(options: LockOptions): Promise<() => void> {
  const releases: (() => void)[] = [];
  const release = (): void => {
    for (const one of releases.splice(0).reverse()) one();
  };
  const giveUpAt = options.clock.monotonic() + options.waitMs;
  let told = false;
  for (const path of lockPaths(options)) {
    for (;;) {
      const taken = await tryLock(path, options.holder, options.clock);
      if (taken.kind === 'taken') {
        releases.push(taken.release);
        break;
      }
      if (taken.kind === 'impossible') break; // no sockets there: the other lock must do
      if (options.clock.monotonic() >= giveUpAt || options.draining.aborted) {
        release();
        throw locked(taken.holder, options.waitMs > 0);
      }
      if (!told) options.onWait(taken.holder);
      told = true;
      await options.clock.sleep(POLL_MS, options.draining);
    }
  }
  return release;
}

// --- internal ---

type Taken =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
  | { readonly kind: 'impossible' };

function lockPaths({ account, root }: LockOptions): string[] {
  const machine = join(tmpdir(), `livedesk-contact-sync-${userInfo().uid}`, `${account}.lock`);
  return [machine, join(root, `.lock-${account}`)];
}

async function tryLock(path: string, holder: Holder, clock: Clock): Promise<Taken> {
  const token = Math.floor(clock.random() * 2 ** 48).toString(36);
  const own = `${path}.${token}`;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify({ ...holder, token }));
  });
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await listen(server, shortened(own));
  } catch {
    return { kind: 'impossible' };
  }
  server.unref();
  const leave = (): void => {
    server.close();
    remove(own);
  };
  try {
    linkSync(own, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      leave();
      return { kind: 'impossible' };
    }
    const other = await ask(path);
    if (other !== 'dead') {
      leave();
      return { kind: 'held', holder: other };
    }
    renameSync(own, path);
    // somebody else may have found the same dead holder: whoever came last has the name
    await clock.sleep(50);
    const winner = await ask(path);
    if (winner === 'dead' || winner?.token !== token) {
      leave();
      return { kind: 'held', holder: winner === 'dead' ? undefined : winner };
    }
  }
  remove(own);
  return {
    kind: 'taken',
    release() {
      remove(path);
      server.close();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
}

/** Asks the holder who it is; undefined if it lives but does not say. */
function ask(path: string): Promise<(Holder & { token: string }) | undefined | 'dead'> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(shortened(path));
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, ANSWER_MS);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      const code = codeOf(error);
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'dead' : undefined);
    });
    socket.on('end', () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text));
      } catch {
        resolve(undefined);
      }
    });
  });
}

/** Socket paths have a length limit; from the working directory they are mostly shorter. */
function shortened(path: string): string {
  if (path.length <= MAX_SOCKET_PATH) return path;
  const short = relative('.', path);
  return short.length < path.length ? short : path;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone already
  }
}

function locked(holder: Holder | undefined, waited: boolean): RunError {
  const who = holder
    ? `another run of this account holds the lock since ${holder.since}: ${holder.run_dir} (process ${holder.pid})`
    : 'another run of this account holds the lock and does not say which';
  return new RunError('ERR_LOCKED', `${who}.${waited ? '' : ' Wait for it with --wait-lock 1h.'}`, {
    exitCode: EXIT.locked,
  });
}
