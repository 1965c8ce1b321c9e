import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Holder } from './holder.ts';
import { lookAt } from './numbered-lock.ts';

/** The processes that work in a folder of runs now, of all accounts, those of shards each by itself. */
export async function findHolders(root: string): Promise<Holder[]> {
  const holders: Holder[] = [];
  for (const name of namesIn(root)) {
    if (!name.startsWith('.lock-')) continue;
    const dir = join(root, name);
    const shards = namesIn(dir).filter((own) => /^\d+-of-\d+$/.test(own));
    for (const place of [dir, ...shards.map((own) => join(dir, own))]) {
      const found = await lookAt(place).catch(() => 'gone' as const);
      if (typeof found === 'object' && found.holder) holders.push(found.holder);
    }
  }
  return holders;
}

// --- internal ---

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
