import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../core/write-atomic.ts';

/**
 * The epoch from which on what any store of the account in the directory says counts: something without this state has
 * sent to the account before. 0 where all counts; undefined where the file cannot be read, so that nothing may.
 */
export function readOutdated(dir: string, account: string): number | undefined {
  const file = fileOf(dir, account);
  if (!existsSync(file)) return 0;
  try {
    const outdated: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof outdated !== 'object' || outdated === null) return undefined;
    const below: unknown = Reflect.get(outdated, 'below');
    return typeof below === 'number' && Number.isSafeInteger(below) ? below : undefined;
  } catch {
    return undefined;
  }
}

/** Notes that what is known as of epochs below this counts no more. It stands beside the stores, since shards have several. */
export function writeOutdated(dir: string, account: string, below: number): void {
  writeAtomic(fileOf(dir, account), `${JSON.stringify({ below })}\n`, { durable: true });
}

// --- internal ---

function fileOf(dir: string, account: string): string {
  return join(dir, `.${account}.outdated.json`);
}
