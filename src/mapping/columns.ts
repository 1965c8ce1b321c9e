import type { Shape } from '../types.ts';
import type { Field, Mapping } from './document.ts';
import { mappingError } from './mapping-error.ts';
import { didYouMean } from './near-miss.ts';
import { columnList } from './steps.ts';

/** What the columns of an input say about a mapping. */
export interface ColumnCheck {
  /** Columns named by the mapping that JSONL rows have not shown so far. */
  readonly missing: readonly string[];
  /** Columns of the input that nothing reads, without those that begin with `_`. */
  readonly unused: readonly string[];
}

/**
 * Compares the columns that the mapping names with those of the input. Throws `ERR_MAPPING` for a column that is not
 * there; in JSONL, whose rows may differ, only for the contact id.
 */
export function checkColumns(mapping: Mapping, fields: readonly Field[], shape: Shape): ColumnCheck {
  const uses = columnUses(mapping, fields);
  const absent = uses.filter(({ column }) => !isPresent(column, shape));
  const fatal = shape.format === 'csv' ? absent : absent.filter(({ isId }) => isId);
  const [first] = fatal;
  if (first !== undefined) {
    const lines = fatal.map(({ column, at, isId }) => {
      const what = isId ? 'there is no column' : 'no column';
      const where = at === undefined || at === first.at ? '' : `${at}: `;
      return `${where}${what} ${JSON.stringify(column)} in ${shape.name}${isId ? ' for the contact id' : ''}.${didYouMean(column, shape.columns)}`;
    });
    throw mappingError(first.at, `${lines.join('\n')}\n${columnList(shape)}`);
  }
  const used = uses.map(({ column }) => column);
  return {
    missing: [...new Set(absent.map(({ column }) => column))],
    unused: shape.columns.filter(
      (column) => !column.startsWith('_') && !used.some((name) => isRelated(name, column, shape)),
    ),
  };
}

// --- internal ---

interface Use {
  readonly column: string;
  readonly at: string | undefined;
  readonly isId: boolean;
}

function columnUses({ contactId, only, expect, places }: Mapping, fields: readonly Field[]): readonly Use[] {
  const uses: Use[] = [{ column: contactId, at: places.get('contact_id'), isId: true }];
  const add = (column: string, at: string | undefined) => uses.push({ column, at, isId: false });
  for (const { column } of only) add(column, places.get(`only.${column}`));
  for (const { path, source } of fields) {
    const at = places.get(`fields.${path}`);
    if (source.kind === 'column') add(source.column, at);
    if (source.kind !== 'template') continue;
    for (const part of source.parts) if (typeof part !== 'string') add(part.column, at);
  }
  for (const { path, column } of expect) add(column, places.get(`expect.${path}`));
  return uses;
}

function isPresent(column: string, shape: Shape): boolean {
  if (shape.columns.includes(column)) return true;
  return shape.format === 'jsonl' && shape.columns.some((other) => other.startsWith(`${column}.`));
}

/** Whether reading `name` reads `column`, or a part of it. */
function isRelated(name: string, column: string, shape: Shape): boolean {
  if (name === column) return true;
  return shape.format === 'jsonl' && (column.startsWith(`${name}.`) || name.startsWith(`${column}.`));
}
