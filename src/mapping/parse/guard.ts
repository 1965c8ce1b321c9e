import type { Guard } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { GUARD_WORDS, wordsOf } from '../vocabulary.ts';
import { asMap, child, oneOf, requireKnownKeys } from './nodes.ts';
import type { Node } from './yaml.ts';

/** How far an input may be from the one before: `{ columns: same, rows: -50%, fill: -10% }`, or some of these. */
export function parseGuard(node: Node): Guard {
  const map = asMap(node, '"guard"');
  requireKnownKeys(map, wordsOf(GUARD_WORDS), '"guard"');
  if (map.entries.length === 0) {
    throw mappingError(
      node.at,
      '"guard" guards nothing. Write { columns: same, rows: -50%, fill: -10% }, or some of these.',
    );
  }
  const columns = child(map, 'columns');
  const rows = child(map, 'rows');
  const fill = child(map, 'fill');
  return {
    ...(columns && { columns: oneOf(columns, ['same']) }),
    ...(rows && { rows: parseDrop(rows, 'rows', 'as in rows: -50%, which lets half of the rows go') }),
    ...(fill && {
      fill: parseDrop(fill, 'fill', 'as in fill: -10%, which lets 10 of 100 rows go empty in a column'),
    }),
  };
}

// --- internal ---

/** The percentage by which a figure may fall. */
function parseDrop(node: Node, word: string, example: string): number {
  const percent =
    node.kind === 'scalar' ? Number(/^-(\d+(?:\.\d+)?)%$/.exec(node.text.trim())?.[1]) : Number.NaN;
  if (percent > 0 && percent < 100) return percent;
  throw mappingError(
    node.at,
    `"${word}" is how far it may fall: a minus and a percentage below 100, ${example}.`,
  );
}
