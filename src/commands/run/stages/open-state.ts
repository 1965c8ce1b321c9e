import { resolve } from 'node:path';
import type { Host } from '../../../core/host.ts';
import { VERSION } from '../../../core/version.ts';
import type { State } from '../../../state/state.ts';
import { mappingHash } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';

export async function openRunState(
  { options, reading, account, shard }: Plan,
  { clock, timeZones = '' }: Host,
): Promise<State | undefined> {
  if (options.state === undefined) return undefined;
  const { openState } = await import('../../../state/open-state.ts');
  // one process may write a state, and shards work side by side
  const own = shard ? `${account}-${shard.index}of${shard.of}` : account;
  return openState(resolve(options.state), own, mappingHash(reading.mapping), {
    clock,
    readOnly: options.dryRun,
    readBy: `${VERSION} ${timeZones}`,
  });
}
