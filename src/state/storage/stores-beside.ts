import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readStamp, type Stamp } from './format-version.ts';

/** Another store of the account in the same directory, which may know of the same contacts. */
export interface StoreBeside {
  readonly path: string;
  /** Undefined where it cannot be read. */
  readonly stamp: Stamp | undefined;
}

/** What lies beside a store: its account has one for each shard, and one for all rows. */
export interface StoresBeside {
  /** Those that may know of the same contacts, the newest first. */
  readonly overlapping: readonly StoreBeside[];
  /**
   * The epoch of a run that opens the store now: above those of all that may know of the same contacts, but for shards at
   * work beside it. These have one epoch together: which of them met a contact last nobody can tell.
   */
  readonly epoch: number;
}

/**
 * Looks at the stores beside `path`, whose names are an account, and for shards `-1of4` after it. `isKeyed`: rows are
 * shared out by the keys of contacts, which may change, so that shards of one division can have contacts in common.
 */
export function storesBeside(path: string, isKeyed: boolean): StoresBeside {
  const own = shareOf(basename(path));
  const dir = dirname(path);
  const overlapping: StoreBeside[] = [];
  let highest = readStamp(path)?.age ?? 0;
  let isJoined = false;
  for (const name of namesIn(dir)) {
    const share = shareOf(name);
    if (share.account !== own.account || name === basename(path)) continue;
    const beside = { path: join(dir, name), stamp: readStamp(join(dir, name)) };
    if (!beside.stamp && !existsSync(join(beside.path, 'data.mdb'))) continue;
    const areSiblings = share.of !== undefined && share.of === own.of;
    if (areSiblings && !isKeyed && beside.stamp?.isKeyed === false) continue;
    overlapping.push(beside);
    const age = beside.stamp?.age ?? 0;
    const isAtWork = areSiblings && beside.stamp?.crc32 === undefined;
    isJoined = age > highest ? isAtWork : isJoined || (isAtWork && age === highest);
    highest = Math.max(highest, age);
  }
  overlapping.sort((a, b) => (b.stamp?.age ?? 0) - (a.stamp?.age ?? 0));
  return { overlapping, epoch: isJoined && highest > 0 ? highest : highest + 1 };
}

// --- internal ---

/** What is wrong with the directory says who opens the store. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** The account, and into how many shards the rows were divided; undefined for all rows. */
function shareOf(name: string): { readonly account: string; readonly of: string | undefined } {
  const [, account = name, of] = /^(.*?)(?:-\d+of(\d+))?$/.exec(name) ?? [];
  return { account, of };
}
