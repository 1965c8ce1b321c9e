import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { shownPath } from '../../core/shell-text.ts';
import { openState } from '../../state/open-state.ts';
import { readRunCount } from '../../state/run-count.ts';
import type { ListedState } from './runs-model.ts';

/** What a directory of states keeps of each account; nothing is changed. */
export async function listStates(dir: string, clock: Clock): Promise<ListedState[]> {
  const names = namesIn(dir);
  const accounts = new Set(names.flatMap((name) => STORE.exec(name)?.[1] ?? []));
  const states: ListedState[] = [];
  for (const account of [...accounts].sort()) {
    const { id, number } = readRunCount(dir, account);
    const stores = names.filter((name) => STORE.exec(name)?.[1] === account);
    const bytes = stores.reduce((sum, name) => sum + sizeOf(join(dir, name)), 0);
    const known = { account, dir: shownPath(dir), id, bytes, last_number: number };
    try {
      const state = await openState(dir, account, '', { clock, readOnly: true });
      try {
        const { completeAt } = state;
        const last_pull = completeAt === undefined ? null : new Date(completeAt).toISOString();
        states.push({ ...known, contacts: await state.countContacts(), last_pull });
      } finally {
        await state.close();
      }
    } catch (error) {
      states.push({ ...known, contacts: 0, last_pull: null, fault: messageOf(error) });
    }
  }
  return states;
}

// --- internal ---

/** The store of an account, or of a shard of it. */
const STORE = /^([0-9a-f]{16})(?:-\d+of\d+)?$/;

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function sizeOf(dir: string): number {
  return namesIn(dir).reduce(
    (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
