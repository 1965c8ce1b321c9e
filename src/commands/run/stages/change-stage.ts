import type { KeyedQueue } from '../../../core/keyed-queue.ts';
import type { State } from '../../../state/state.ts';
import { laneOfKeys } from '../pipeline/pipeline.ts';
import type { Preflight } from '../pipeline/preflight.ts';
import type { ChangeDetector } from './change-detector.ts';
import type { ContactResolver } from './contact-resolver.ts';
import type { ChangeStage } from './stage-types.ts';
import type { UnchangedCheck } from './unchanged-check.ts';

export interface ChangeStageOptions {
  readonly changes: ChangeDetector;
  /** Undefined where rows have to be mapped in any case. */
  readonly unchangedCheck: UnchangedCheck | undefined;
  readonly preflight: Preflight;
  readonly resolver: Pick<ContactResolver, 'idOf' | 'isOneKey'>;
  readonly lanes: KeyedQueue;
  readonly state: State | undefined;
  /** Of a plan: contacts of which an earlier row changes something, so that what is known of them is not what they will hold. */
  readonly planned?: { has(contactId: number): boolean } | undefined;
}

/** What the preflight, the cells of a row and the state know of its contact, as one stage. */
export function createChangeStage(options: ChangeStageOptions): ChangeStage {
  const { changes, unchangedCheck, preflight, resolver, lanes, state, planned } = options;
  const { clashOf } = preflight;
  return {
    unchanged(row) {
      if (!unchangedCheck || clashOf(row)) return undefined;
      const unchanged = unchangedCheck.contactOf(row, (keys) =>
        lanes.isBusy(laneOfKeys(keys, resolver.isOneKey)) ? undefined : resolver.idOf(keys),
      );
      return unchanged && planned?.has(unchanged.contactId) ? undefined : unchanged;
    },
    prepare(row, patch, isWhole) {
      if (planned?.has(patch.contactId)) return { kind: 'send', patch, isReadFirst: true };
      return changes.prepare(row, patch, isWhole);
    },
    room: async () => state?.room(),
  };
}
