import { resolve } from 'node:path';
import { shownPath } from '../../../core/shell-text.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { DEFAULT_STATE } from '../../../journal/run-directory.ts';
import type { RunOptions } from '../run-options.ts';

export interface ChosenState {
  /** Undefined for a run without a state. */
  readonly dir: string | undefined;
  /** What the user should know of it. */
  readonly notes: readonly string[];
}

/**
 * Chooses the directory of a run's state. A new run uses the directory that `--state` names, or `runs/.state`. A resumed or
 * retried run uses the state whose id its journal holds: it looks for that state in the directory that `--state` names, in
 * the directory that the run used before, and in `runs/.state`.
 */
export async function chooseState(
  options: Pick<RunOptions, 'state' | 'noState' | 'dryRun'>,
  origin: RunLine | undefined,
  account: string,
): Promise<ChosenState> {
  if (options.noState) return { dir: undefined, notes: [] };
  const { readRunCount } = await import('../../../state/run-count.ts');
  const wanted = origin?.state_id;
  const places = [options.state, origin?.state?.dir, DEFAULT_STATE].flatMap((dir) =>
    dir ? [resolve(dir)] : [],
  );
  if (wanted !== undefined) {
    const found = places.find((dir) => readRunCount(dir, account).id === wanted);
    if (found !== undefined) return { dir: found, notes: [] };
  }
  const [dir = resolve(DEFAULT_STATE)] = places;
  // a pull or a probe may have made the directory
  const isNew = readRunCount(dir, account).number === 0;
  const isRotated = origin !== undefined && origin.account !== account;
  const notes: string[] = [];
  if (wanted !== undefined && isRotated) notes.push(...(isNew ? [rotated(dir)] : []));
  else if (wanted !== undefined) notes.push(lost([...new Set(places)]));
  // a run that began without a state has nothing to compare with
  if (origin && !origin.state && options.state === undefined) return { dir: undefined, notes };
  if (options.state !== undefined || options.dryRun) return { dir, notes };
  const { faultOfDefaultState } = await import('../../../state/default-state.ts');
  const fault = faultOfDefaultState(dir);
  if (fault !== undefined) return { dir: undefined, notes: [...notes, unusable(dir, fault)] };
  return { dir, notes: isNew && notes.length === 0 ? [begun(dir)] : notes };
}

// --- internal ---

function begun(dir: string): string {
  return `what is sent is remembered in ${shownPath(dir)}, as hashes: the next run sends only what changed in its input, and what an agent edits stays until then. Keep that folder, or say --state DIR for another place, --no-state for none`;
}

function unusable(dir: string, why: string): string {
  return `there can be no state in ${shownPath(dir)} (${why}): every field is sent, also what has not changed. Give --state a directory on a local disk, or say --no-state`;
}

function rotated(dir: string): string {
  return `the state in ${shownPath(dir)} knows the account by another API key only: nothing of that counts, so that more is sent once`;
}

function lost(places: readonly string[]): string {
  return `${places.map(shownPath).join(' and ')} hold no state with the id in the journal of the run to continue: the run treats its state as lost and may send fields again`;
}
