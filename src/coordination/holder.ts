import { foreignText } from '../core/foreign-text.ts';
import { isObject } from '../core/json.ts';
import type { Shard } from '../core/shard.ts';

/** Who holds a lock, as it tells whoever asks. */
export interface Holder {
  readonly run_dir: string;
  /** ISO time. */
  readonly since: string;
  readonly pid?: number | undefined;
  /** Absent for a run of all rows. */
  readonly shard?: Shard;
  /** It only looks who else works, and will have taken another lock, or none, in a moment. */
  readonly passing?: boolean;
}

/** Reads what another process says of itself: its text made safe, anything else left out. Undefined for no holder. */
export function readHolder(value: unknown): Holder | undefined {
  if (!isObject(value)) return undefined;
  const { run_dir: runDir, since, pid, shard, passing } = value;
  if (typeof runDir !== 'string' || typeof since !== 'string') return undefined;
  const share = isObject(shard) ? shardFrom(shard['index'], shard['of']) : undefined;
  return {
    run_dir: foreignText(runDir),
    since: foreignText(since),
    ...(typeof pid === 'number' ? { pid } : {}),
    ...(share ? { shard: share } : {}),
    ...(typeof passing === 'boolean' ? { passing } : {}),
  };
}

// --- internal ---

function shardFrom(index: unknown, of: unknown): Shard | undefined {
  return Number.isSafeInteger(index) && Number.isSafeInteger(of)
    ? { index: index as number, of: of as number }
    : undefined;
}
