import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { areSiblings, type Shard } from '../core/shard.ts';
import type { Holder } from './holder.ts';
import { lookAt, type Taken, tryLock } from './numbered-lock.ts';

/** What came of trying: as of any lock, or somebody is just coming or going, and the answer will be clear in a moment. */
export type ShardAdmission = Taken | { readonly kind: 'passing'; readonly holder: Holder };

/**
 * Takes the lock of an account in `dir`: for a run of all rows alone, for a shard beside other shards of the same
 * number. Whoever comes takes the lock of `dir` itself while it looks who else works, so that of two that begin at once
 * the second sees the first. A run of all rows then keeps it; a shard leaves it for a lock of its own below.
 */
export async function admit(dir: string, holder: Holder, random: () => number): Promise<ShardAdmission> {
  let passing = true;
  const gate = await tryLock(dir, () => ({ ...holder, passing }), random());
  if (gate.kind === 'held' && gate.holder?.passing) return { kind: 'passing', holder: gate.holder };
  if (gate.kind !== 'taken') return gate;
  const other = await findOther(dir, holder);
  if (other) {
    gate.release();
    return { kind: 'held', holder: other.holder };
  }
  if (!holder.shard) {
    passing = false;
    return gate;
  }
  const own = await tryLock(join(dir, nameOf(holder.shard)), () => holder, random());
  gate.release();
  return own;
}

// --- internal ---

function nameOf({ index, of }: Shard): string {
  return `${index}-of-${of}`;
}

/** A shard that is at work and must not have `holder` beside it. What dead ones left behind is removed. */
async function findOther(
  dir: string,
  holder: Holder,
): Promise<{ readonly holder: Holder | undefined } | undefined> {
  for (const name of readdirSync(dir)) {
    const [, index, of] = /^(\d+)-of-(\d+)$/.exec(name) ?? [];
    if (index === undefined || of === undefined) continue;
    const found = await lookAt(join(dir, name));
    if (found === 'dead' || found === 'gone') {
      // nobody can be about to take it: that needs the lock of `dir`
      rmSync(join(dir, name), { recursive: true, force: true });
      continue;
    }
    const isBeside = areSiblings(holder.shard, { index: Number(index), of: Number(of) });
    // two shards in one directory would write one journal
    if (!isBeside || found.holder?.run_dir === holder.run_dir) return found;
  }
  return undefined;
}
