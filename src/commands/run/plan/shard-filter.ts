import { hash } from 'node:crypto';
import { RunError } from '../../../core/errors.ts';
import type { Shard } from '../../../core/shard.ts';
import type { BadRow, Row } from '../../../core/types.ts';
import type { Mapping } from '../../../mapping/document.ts';
import type { RunInputs } from './open-inputs.ts';
import type { Claim } from './plan.ts';

/**
 * The shard, from 1 to `of`, of a contact's rows: 1 + (the first 12 hex digits of SHA-256 of the text, in UTF-8, as a
 * number) mod `of`. `contact` is the id in digits, or the key by which the mapping finds it, as the mapping gives it.
 * It must stay the same for ever, on every platform: shards of one job may be of different versions.
 */
export function shardOfContact(contact: string, of: number): number {
  return 1 + (Number.parseInt(hash('sha256', contact, 'hex').slice(0, 12), 16) % of);
}

/** The shard of a row that nobody can tell the contact of: 1 + its number mod `of`. */
export function shardOfRow(row: number, of: number): number {
  return 1 + (row % of);
}

/** Narrows a claim to the rows of a shard; rows of the run that others have are claimed `elsewhere`. */
export function inShard<C extends Claim>(
  shard: Shard | undefined,
  { compiled }: Pick<RunInputs, 'compiled'>,
  claim: (row: Row | BadRow) => C,
): (row: Row | BadRow) => C | 'elsewhere' {
  if (!shard) return claim;
  const { index, of } = shard;
  return (row) => {
    const claimed = claim(row);
    if (claimed === 'foreign') return claimed;
    const contact = 'error' in row ? undefined : compiled[row.input]?.contactOf(row);
    const own = contact === undefined ? shardOfRow(row.row, of) : shardOfContact(contact, of);
    return own === index ? claimed : 'elsewhere';
  };
}

/** Refuses a mapping by which two rows of one contact could land on two shards. Throws `ERR_SHARD_KEYS` (exit 2). */
export function requireOneKey({ contact }: Mapping, shard: Shard | undefined): void {
  if (!shard || shard.of === 1 || contact.kind === 'id' || contact.keys.length === 1) return;
  const keys = contact.keys.map(({ path }) => path).join(', ');
  throw new RunError(
    'ERR_SHARD_KEYS',
    `--shard needs one key that every row of a contact has, and the mapping finds contacts by ${contact.keys.length} (${keys}): two rows of one contact could land on two shards, and nobody could tell which is sent first. Leave one key in match, map contact_id, or run without --shard.`,
  );
}
