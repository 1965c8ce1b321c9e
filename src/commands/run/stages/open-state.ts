import { resolve } from 'node:path';
import type { Host } from '../../../core/host.ts';
import { VERSION } from '../../../core/version.ts';
import type { State } from '../../../state/state.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';

/** The state of a run, if it has one; disposing of it writes what is left. */
export interface RunState extends AsyncDisposable {
  readonly state: State | undefined;
}

/** Opens the state that `--state` names. Throws `RunError` where it cannot be used. */
export async function openRunState(
  { options, reading, account, number, stateId, shard }: Plan,
  { clock, timeZones = '' }: Host,
  onNote: (note: string) => void,
): Promise<RunState> {
  if (options.state === undefined) return { state: undefined, async [Symbol.asyncDispose]() {} };
  const { openState } = await import('../../../state/open-state.ts');
  if (number !== undefined && stateId !== undefined) {
    const { readRunCount, writeRunCount } = await import('../../../state/run-count.ts');
    const before = readRunCount(resolve(options.state), account);
    if (before.number < number || before.id !== stateId) {
      writeRunCount(resolve(options.state), account, {
        id: stateId,
        number: Math.max(number, before.number),
      });
    }
  }
  // one process may write a state, and shards work side by side
  const own = shard ? `${account}-${shard.index}of${shard.of}` : account;
  const state = await openState(resolve(options.state), own, mappingHash(reading.mapping), {
    clock,
    readOnly: options.dryRun,
    readBy: `${VERSION} ${timeZones}`,
    onNote,
  });
  return { state, [Symbol.asyncDispose]: () => state.close() };
}
