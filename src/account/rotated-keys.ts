import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../core/json.ts';
import { writeAtomic } from '../core/write-atomic.ts';

/**
 * The account that a key belongs to, by what `--same-account` once said of it; the fingerprint of the key itself where
 * nothing was said. `states` are directories of states, in each of which such a word may be kept; the first one counts.
 */
export function accountBehind(fingerprint: string, states: readonly string[]): string {
  for (const state of states) {
    const account = keysIn(state)[fingerprint];
    if (account !== undefined) return account;
  }
  return fingerprint;
}

/** Remembers in a state that a key has taken the place of that by which the account was known first. */
export function rememberKey(fingerprint: string, account: string, state: string): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeAtomic(fileIn(state), `${JSON.stringify({ ...keysIn(state), [fingerprint]: account })}\n`);
}

// --- internal ---

/** Accounts by the fingerprints of the keys that followed the first one. */
function keysIn(state: string): Readonly<Record<string, string>> {
  const file = fileIn(state);
  if (!existsSync(file)) return {};
  try {
    const keys: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const all = isObject(keys) ? Object.entries(keys) : [];
    return Object.fromEntries(all.filter((one): one is [string, string] => typeof one[1] === 'string'));
  } catch {
    return {}; // the key counts as one of another account, so that more is sent
  }
}

/** Beside the stores of the accounts: those are moved aside when they cannot be read. */
function fileIn(state: string): string {
  return join(state, '.keys.json');
}
