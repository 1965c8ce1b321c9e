import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ageInStamp } from './format-version.ts';

/** How old a store is among those of its account, which have one for each shard, and one for all rows. */
export interface StoreAge {
  /** Runs over other shares of the contacts have sent since: what the store says of them may be wrong. */
  readonly isOutdated: boolean;
  /** The age of a store that is written to from now on: above that of all others. */
  readonly next: number;
}

/** Looks at the stores beside `path`, whose names are an account, and for shards `-1of4` after it. */
export function ageOfStore(path: string): StoreAge {
  const [account, own] = shareOf(basename(path));
  const dir = dirname(path);
  const age = ageInStamp(path);
  let [overlapping, highest] = [0, age];
  for (const name of namesIn(dir)) {
    const [other, share] = shareOf(name);
    if (other !== account || name === basename(path)) continue;
    const otherAge = ageInStamp(join(dir, name));
    highest = Math.max(highest, otherAge);
    // shards of one division have no contact in common
    if (share === undefined || share !== own) overlapping = Math.max(overlapping, otherAge);
  }
  return { isOutdated: overlapping > age, next: highest + 1 };
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
function shareOf(name: string): readonly [account: string, of: string | undefined] {
  const [, account = name, of] = /^(.*?)(?:-\d+of(\d+))?$/.exec(name) ?? [];
  return [account, of];
}
