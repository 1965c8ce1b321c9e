import { linkSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../core/errors.ts';
import type { Holder } from './holder.ts';
import { answerAt, askAt, type LockState } from './lock-socket.ts';

/** What came of trying to take a lock. */
export type Taken =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
  /** There can be no sockets on this file system, or not at so long a path. */
  | { readonly kind: 'impossible' };

/**
 * Takes the lock that the directory `dir` stands for, unless somebody who is alive has it. The names in the directory
 * are numbers, and the highest one is the lock. A holder that died, or ended, leaves its name behind, and the next
 * holder takes the next number. To replace a dead holder's name instead would need a look and a rename, between which
 * somebody slower could replace a living one. `tell` says who has it, `random` is in [0, 1).
 */
export async function tryLock(dir: string, tell: () => Holder, random: number): Promise<Taken> {
  const own = join(dir, `new-${Math.floor(random * 2 ** 48).toString(36)}`);
  let answering: { close(): void } | undefined;
  let taken: Awaited<ReturnType<typeof climb>>;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    answering = await answerAt(own, tell);
    taken = await climb(dir, own);
  } catch {
    taken = { kind: 'impossible' };
  }
  remove(own);
  if (taken === 'taken') return { kind: 'taken', release: () => answering?.close() };
  answering?.close();
  return taken;
}

/** Who has the lock of a directory now. Throws what the file system throws where there is no such directory. */
export async function lookAt(dir: string): Promise<LockState> {
  const last = highestIn(dir);
  return last === 0 ? 'dead' : askAt(join(dir, String(last)));
}

// --- internal ---

/** Gives the listening socket `own` the next number, unless the present one is alive. */
async function climb(dir: string, own: string): Promise<'taken' | Exclude<Taken, { kind: 'taken' }>> {
  for (;;) {
    const last = highestIn(dir);
    const found = last === 0 ? 'dead' : await askAt(join(dir, String(last)));
    if (found === 'gone') continue;
    if (found !== 'dead') return { kind: 'held', holder: found.holder };
    const mine = join(dir, String(last + 1));
    try {
      linkSync(own, mine); // fails where the name exists: of many that saw the same dead holder one goes on
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw error;
    }
    // who looked long ago may have taken a number that was in use and swept since
    if (highestIn(dir) > last + 1) {
      remove(mine);
      continue;
    }
    sweep(dir, last);
    return 'taken';
  }
}

function highestIn(dir: string): number {
  return Math.max(0, ...numbersIn(dir));
}

function sweep(dir: string, upTo: number): void {
  for (const number of numbersIn(dir)) if (number <= upTo) remove(join(dir, String(number)));
}

function numbersIn(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone already
  }
}
