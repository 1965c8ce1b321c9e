import { dirname, resolve } from 'node:path';
import { accountBehind, rememberKey } from '../../../account/rotated-keys.ts';
import { accountOf } from '../../../core/credentials.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { byAge, type Run } from '../../../journal/list-runs.ts';
import { DEFAULT_STATE, RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { runsBelow } from './newer-runs.ts';

export interface AccountQuestion {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The run that `--resume` continues or `--retry` repeats. */
  readonly origin: RunLine | undefined;
  /** The directory in which the run will lie, or lies; undefined for the default one. */
  readonly runDir: string | undefined;
  readonly dryRun: boolean;
}

/**
 * Gives the account of a run by the fingerprint of its first key. A rotated key stays the same account: the state remembers
 * what `--same-account` says once. The run takes the new key for one of the account of the run that it resumes or retries,
 * else of the newest run at the same address. It does so only if no run has used the new key and a state knows that account.
 */
export async function accountOfRun(
  options: Pick<RunOptions, 'state' | 'noState' | 'sameAccount'>,
  { baseUrl, apiKey, origin, runDir, dryRun }: AccountQuestion,
): Promise<string> {
  const fingerprint = accountOf(baseUrl, apiKey);
  if (options.noState) return fingerprint;
  const states = [options.state, origin?.state?.dir, DEFAULT_STATE].flatMap((dir) =>
    dir === undefined ? [] : [resolve(dir)],
  );
  const account = accountBehind(fingerprint, states);
  if (account !== fingerprint || !options.sameAccount) return account;
  const beside = runDir === undefined ? [] : [dirname(resolve(runDir))];
  const { readRunCount } = await import('../../../state/run-count.ts');
  const numberIn = (name: string) => (dir: string) => readRunCount(dir, name).number;
  const runs = await runsBelow([...beside, resolve(RUNS_ROOT)]);
  const before = origin ?? newestAt(baseUrl, runs);
  if (
    !before ||
    before.base_url !== baseUrl ||
    isOfAKey(fingerprint, runs) ||
    states.some(numberIn(fingerprint))
  )
    return account;
  const state = states.find(numberIn(before.account));
  if (state === undefined) return account;
  if (!dryRun) rememberKey(fingerprint, before.account, state);
  return before.account;
}

// --- internal ---

function newestAt(baseUrl: string, runs: readonly Run[]): RunLine | undefined {
  const headers = runs.map(({ header }) => header);
  return headers
    .filter((one) => one.base_url === baseUrl && !one.dry_run)
    .sort(byAge)
    .at(-1);
}

/** Whether runs were made by a key as that of an account of its own. */
function isOfAKey(fingerprint: string, runs: readonly Run[]): boolean {
  return runs.some(({ header }) => header.account === fingerprint && !header.dry_run);
}
