import { resolve } from 'node:path';
import type { Host } from '../../../core/host.ts';
import { VERSION } from '../../../core/version.ts';
import type { State } from '../../../state/state.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';

/** The state of a run, if it has one; disposing of it writes what is left, once. */
export interface RunState extends AsyncDisposable {
  readonly state: State | undefined;
  /** Notes the number of the run, once its journal has it. Throws `RunError` (exit 3) where it cannot. */
  countRun(): void;
}

/** Opens the state that `--state` names. Throws `RunError` where it cannot be used. */
export async function openRunState(
  { options, reading, account, number, stateId, shard }: Plan,
  { clock, timeZones = '' }: Host,
  onNote: (note: string) => void,
): Promise<RunState> {
  if (options.state === undefined) {
    return { state: undefined, countRun() {}, async [Symbol.asyncDispose]() {} };
  }
  const dir = resolve(options.state);
  const [{ openState }, { readRunCount, writeRunCount }] = await Promise.all([
    import('../../../state/open-state.ts'),
    import('../../../state/run-count.ts'),
  ]);
  // one process may write a state, and shards work side by side
  const own = shard ? `${account}-${shard.index}of${shard.of}` : account;
  const state = await openState(dir, own, mappingHash(reading.mapping), {
    clock,
    readOnly: options.dryRun,
    isKeyed: shard !== undefined && reading.mapping.contact.kind !== 'id',
    readBy: `${VERSION} ${timeZones}`,
    onNote,
  });
  let closed: Promise<void> | undefined;
  return {
    state,
    countRun() {
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
