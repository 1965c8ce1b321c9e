import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf, messageOf } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import { VERSION } from '../../../core/version.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';
import type { State } from '../../../state/state.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';

/** The state of a run, if it has one; disposing of it writes what is left, once. */
export interface RunState extends AsyncDisposable {
  readonly state: State | undefined;
  /**
   * Notes the number of the run, once its journal has it, and beside the run directory which state it sends with. Throws
   * `RunError` (exit 3) where the state cannot count it.
   */
  countRun(): void;
}

/** Opens the state of a run. Throws `RunError` where it cannot be used. */
export async function openRunState(
  { options, reading, account, number, stateId, shard, dir: runDir }: Plan,
  { clock, timeZones = '' }: Host,
  onNote: (note: string) => void,
): Promise<RunState> {
  const own = dirname(runDir);
  const roots = [...new Set([own, resolve(RUNS_ROOT)])];
  if (options.state === undefined && options.dryRun) return NONE;
  const { noteSender, wasSentByOthers } = await import('../../../state/last-sender.ts');
  if (options.state === undefined) {
    return {
      ...NONE,
      countRun() {
        try {
          noteSender({ own, roots }, account, undefined);
        } catch (cause) {
          onNote(NOT_NOTED(cause));
        }
      },
    };
  }
  const dir = resolve(options.state);
  // with nothing there is nothing to compare, and a dry run keeps nothing
  if (options.dryRun && knowsNothing(dir, account)) return NONE;
  const [{ openState }, { readRunCount, writeRunCount }] = await Promise.all([
    import('../../../state/open-state.ts'),
    import('../../../state/run-count.ts'),
  ]);
  // one process may write a state, and shards work side by side
  const name = shard ? `${account}-${shard.index}of${shard.of}` : account;
  const state = await openState(
    dir,
    name,
    reading.mapping.changes?.mappingHash ?? mappingHash(reading.mapping),
    {
      clock,
      readOnly: options.dryRun,
      isOutdated: wasSentByOthers(roots, account, stateId),
      isKeyed: shard !== undefined && reading.mapping.contact.kind !== 'id',
      readBy: `${VERSION} ${timeZones}`,
      onNote,
    },
  );
  let closed: Promise<void> | undefined;
  return {
    state,
    countRun() {
      if (options.dryRun) return;
      try {
        noteSender({ own, roots }, account, stateId);
      } catch {
        // the next run finds the name of another sender, and sends more
      }
      if (number === undefined || stateId === undefined) return;
      const before = readRunCount(dir, account);
      if (before.id === stateId && before.number >= number) return;
      writeRunCount(dir, account, { id: stateId, number: Math.max(number, before.number) });
    },
    [Symbol.asyncDispose]() {
      closed ??= state.close();
      return closed;
    },
  };
}

// --- internal ---

/** Whether no store of the account is there, of all rows or of a shard. */
function knowsNothing(dir: string, account: string): boolean {
  try {
    return !readdirSync(dir).some((name) => name.startsWith(account));
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

const NONE: RunState = { state: undefined, countRun() {}, async [Symbol.asyncDispose]() {} };

const NOT_NOTED = (cause: unknown): string =>
  `no note could be left beside the run directory that this run sends without a state (${messageOf(cause)}): a state that is used there later does not know of it; give --full to the next run that has one`;
