import { dirname, resolve } from 'node:path';
import { accountBehind, rememberKey } from '../../../account/rotated-keys.ts';
import { accountOf } from '../../../core/credentials.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { byAge, type Run } from '../../../journal/list-runs.ts';
import { DEFAULT_STATE, RUNS_ROOT } from '../../../journal/run-directory.ts';
import { readRunCount } from '../../../state/run-count.ts';
import type { RunOptions } from '../run-options.ts';
import { runsBelow } from './newer-runs.ts';

export interface AccountQuestion {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The run that is gone on with or retried. */
  readonly origin: RunLine | undefined;
  /** The directory in which the run will lie, or lies; undefined for the default one. */
  readonly runDir: string | undefined;
  readonly dryRun: boolean;
}

/**
 * The account of a run by its first name. A rotated key stays the same account: what `--same-account` says once, the
 * state remembers. It is believed of a key by which nothing was done yet, and of the account that the run gone on with has,
 * else of that of the newest run at the same address, where a state knows that account.
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
  const runs = await runsBelow([...beside, resolve(RUNS_ROOT)]);
  const before = origin ?? newestAt(baseUrl, runs);
  if (!before || before.base_url !== baseUrl || isUsed(fingerprint, runs, states)) return account;
  const state = states.find((dir) => readRunCount(dir, before.account).number > 0);
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

/** Whether something was done by a key as that of an account of its own. */
function isUsed(fingerprint: string, runs: readonly Run[], states: readonly string[]): boolean {
  const isOfKey = ({ header }: Run): boolean => header.account === fingerprint && !header.dry_run;
  return runs.some(isOfKey) || states.some((dir) => readRunCount(dir, fingerprint).number > 0);
}
