import { readArrayIndex } from '../../../core/array-index.ts';
import { RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import { isSameShard, type Shard, type ShardChoice, shardText } from '../../../core/shard.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { Rate } from '../../../core/types.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import type { RunOptions } from '../run-options.ts';

/**
 * The shard that the run is of: as given, or that of the run gone on with, whose rows are no others. Throws
 * `RunError` (exit 2) where the two differ, and for `auto` outside an indexed job.
 */
export function chooseShard(
  options: RunOptions,
  origin: RunLine | undefined,
  host: Host,
  log: Logger,
): Shard | undefined {
  const given = options.shard && resolve(options.shard, host, log);
  if (!origin) return given;
  const isAll = options.retry !== undefined && origin.shard === undefined;
  if (isAll || !given || isSameShard(given, origin.shard)) return isAll ? given : origin.shard;
  const dir = shownPath(options.resume ?? options.retry ?? '');
  const whose = origin.shard ? `is shard ${shardText(origin.shard)}` : 'is a run of all rows';
  throw new RunError(
    'ERR_OTHER_SHARD',
    `${dir} ${whose}, and --shard says ${shardText(given)}. Leave --shard out to go on with it, or name the run of shard ${shardText(given)}.`,
  );
}

/** What to warn of where shards have no common budget; undefined for a shard that is all. `rate` is per second. */
export function rateNote(shard: Shard | undefined, rate: Rate): string | undefined {
  if (!shard || shard.of === 1) return undefined;
  const own = `shard ${shardText(shard)} sends at its own --rate`;
  if (rate === 'auto') return `${own}, which each finds by itself beside the others`;
  if (!Number.isFinite(rate)) return `${own} unlimited, as the other shards do at theirs`;
  const sum = Math.round(rate * shard.of * 100) / 100;
  return `${own} ${rate}: all ${shard.of} at once send up to ${sum} requests per second, which the account has to allow`;
}

// --- internal ---

function resolve({ index, of }: ShardChoice, { env }: Host, log: Logger): Shard {
  if (index !== 'auto') return { index, of };
  const found = readArrayIndex(env);
  const { name = 'JOB_COMPLETION_INDEX', text = '' } = found ?? {};
  if (found?.index === undefined || !Number.isInteger(found.index)) {
    const what = text === '' ? 'is not set' : `is ${JSON.stringify(text)}, no number`;
    throw new RunError(
      'ERR_SHARD_AUTO',
      `--shard auto/${of} reads ${name}, which ${what}. Kubernetes sets it in Jobs with completionMode: Indexed; elsewhere say which shard, as in --shard 1/${of}.`,
    );
  }
  const shard = { index: found.index + 1, of };
  if (shard.index > of) {
    throw new RunError(
      'ERR_SHARD_AUTO',
      `${name} is ${text}, and --shard auto/${of} knows 0 to ${of - 1}. Give the Job ${of} completions, or say auto/N with the number that it has.`,
    );
  }
  log.info(
    `${name}, which counts from ${Number(text) - found.index}, is ${text}: this is shard ${shardText(shard)}`,
  );
  return shard;
}
