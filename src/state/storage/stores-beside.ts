import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readStamp, type Stamp } from './format-version.ts';

/** Another store of the account in the same directory, which may know of the same contacts. */
export interface StoreBeside {
  readonly path: string;
  /** Undefined where it cannot be read. */
  readonly stamp: Stamp | undefined;
  /** Another shard of the same division. */
  readonly isSibling: boolean;
}

/** What lies beside a store: its account has one for each shard, and one for all rows. */
export interface StoresBeside {
  readonly account: string;
  /** Those that may know of the same contacts, the newest first. */
  readonly overlapping: readonly StoreBeside[];
  /**
   * The epoch of a run that opens the store now: above those of all that may know of the same contacts, but for shards at
   * work beside it. These have one epoch together: no record shows which of them met a contact last.
   */
  readonly epoch: number;
  /** The highest epoch of all stores of the account, those that know of other contacts included. */
  readonly highest: number;
}

/**
 * Looks at the stores beside `own`, whose names are an account, and for shards `-1of4` after it. `isKeyed`: rows are
 * shared out by the keys of contacts, which may change, so that shards of one division can have contacts in common.
 */
export function storesBeside(own: string, isKeyed: boolean): StoresBeside {
  const ownShare = shareOf(basename(own));
  const dir = dirname(own);
  const overlapping: StoreBeside[] = [];
  let highest = readStamp(own)?.age ?? 0;
  let highestOfAll = highest;
  let isJoined = false;
  for (const name of namesIn(dir)) {
    const share = shareOf(name);
    if (share.account !== ownShare.account || name === basename(own)) continue;
    const path = join(dir, name);
    const stamp = readStamp(path);
    if (!stamp && !existsSync(join(path, 'data.mdb'))) continue;
    const isSibling = share.of !== undefined && share.of === ownShare.of;
    highestOfAll = Math.max(highestOfAll, stamp?.age ?? 0);
    if (isSibling && !isKeyed && stamp?.isKeyed === false) continue;
    overlapping.push({ path, stamp, isSibling });
    const age = stamp?.age ?? 0;
    const isAtWork = isSibling && stamp?.crc32 === undefined;
    isJoined = age > highest ? isAtWork : isJoined || (isAtWork && age === highest);
    highest = Math.max(highest, age);
  }
  overlapping.sort((a, b) => (b.stamp?.age ?? 0) - (a.stamp?.age ?? 0));
  const epoch = isJoined && highest > 0 ? highest : highest + 1;
  return { account: ownShare.account, overlapping, epoch, highest: highestOfAll };
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
