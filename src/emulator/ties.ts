import { hashOf } from './random.ts';

/** In which order contacts stand whose sort keys are equal. */
export const TIE_ORDERS = ['per-page', 'stable'] as const;
export type TieOrder = (typeof TIE_ORDERS)[number];

/** All ids of a listing in the order of their sort keys. */
export interface Ordered {
  readonly ids: readonly number[];
  /** For each place the first place whose sort key equals the key here. */
  readonly groupStart: Uint32Array;
  /** A number that belongs to sort and direction. */
  readonly salt: number;
}

/** The order of contacts that are not sorted at all: no two of them are tied. */
export function inPlace(ids: readonly number[]): Ordered {
  return { ids, groupStart: Uint32Array.from(ids, (_, place) => place), salt: 0 };
}

/**
 * The ids of one page. With `per-page`, contacts whose sort keys are equal stand in an order that is drawn anew for
 * each page, and is the same whenever that page is asked for: so a database answers `ORDER BY … LIMIT … OFFSET …`
 * whose sort has no tie-break, and a sweep over all pages meets some contacts twice and others never
 * (livedesk-api.md 5.8).
 */
export function idsOfPage(
  { ids, groupStart, salt }: Ordered,
  page: number,
  size: number,
  ties: TieOrder,
): readonly number[] {
  const from = Math.min(ids.length, (page - 1) * size);
  const to = Math.min(ids.length, from + size);
  if (ties === 'stable') return ids.slice(from, to);
  const drawn: number[] = [];
  while (from + drawn.length < to) {
    const place = from + drawn.length;
    const start = groupStart[place] ?? place;
    const end = endOfGroup(groupStart, place);
    const group = end - start === 1 ? ids.slice(start, end) : shuffled(ids.slice(start, end), salt, page);
    drawn.push(...group.slice(place - start, to - start));
  }
  return drawn;
}

function endOfGroup(groupStart: Uint32Array, place: number): number {
  const start = groupStart[place];
  let end = place + 1;
  while (end < groupStart.length && groupStart[end] === start) end += 1;
  return end;
}

/** In the order of a hash of each id; two ids of one hash stay as they stand. */
function shuffled(ids: readonly number[], salt: number, page: number): readonly number[] {
  const seed = hashOf(salt, page);
  // a hash of 32 bits and a place of 20 fit into the 53 bits of a number, and numbers sort fast
  const room = 2 ** Math.ceil(Math.log2(ids.length));
  const keys = Float64Array.from(ids, (id, place) => hashOf(seed, id) * room + place).sort();
  return Array.from(keys, (key) => ids[key % room] as number);
}
