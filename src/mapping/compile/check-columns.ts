import { didYouMean } from '../../core/did-you-mean.ts';
import { RunError } from '../../core/errors.ts';
import { quotedName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';
import type { Field, Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { columnList } from './column-list.ts';
import { type ColumnUse, columnUses } from './column-uses.ts';

/** What the columns of an input say about a mapping. */
export interface ColumnCheck {
  /** Columns named by the mapping that JSONL rows have not shown so far. */
  readonly missing: readonly string[];
  /** Columns of the input that nothing reads, without those that begin with `_`. */
  readonly unused: readonly string[];
}

/**
 * Compares the columns that the mapping names with those of the input. Throws `ERR_HEADER` for one that several columns
 * of the input are named by, and `ERR_MAPPING` for one that is not there; in JSONL, whose rows may differ, only where no contact could be told by any key.
 */
export function checkColumns(mapping: Mapping, fields: readonly Field[], shape: Shape): ColumnCheck {
  if (shape.isEmpty) return { missing: [], unused: [] };
  const uses = columnUses(mapping, fields);
  const present = withEnclosing(shape.columns, shape);
  const absent = uses.filter(({ column }) => !present.has(column));
  const fatal = shape.format === 'csv' ? absent : withoutAnyKey(uses, absent);
  const [first] = fatal;
  if (first !== undefined) throw missingColumns(first, fatal, shape);

  const names = uses.map(({ column }) => column);
  for (const column of names) requireUnambiguous(column, shape);
  const read = new Set(names);
  const partlyRead = withEnclosing(names, shape);
  const isRead = (column: string) =>
    partlyRead.has(column) || enclosing(column, shape).some((outer) => read.has(outer));
  return {
    missing: [...new Set(absent.map(({ column }) => column))],
    unused: shape.columns.filter((column) => column !== '' && !column.startsWith('_') && !isRead(column)),
  };
}

/** Throws `ERR_HEADER` for the name of a column that several columns of the input have. */
export function requireUnambiguous(column: string, { ambiguous }: Shape): void {
  const why = ambiguous?.get(column);
  if (why !== undefined) throw new RunError('ERR_HEADER', why);
}

// --- internal ---

/** The columns that the keys lack, if there is no key that has all of its own. */
function withoutAnyKey(uses: readonly ColumnUse[], absent: readonly ColumnUse[]): readonly ColumnUse[] {
  const lacking = new Set(absent.map(({ key }) => key));
  const isAnyWhole = uses.some(({ key }) => key !== undefined && !lacking.has(key));
  return isAnyWhole ? [] : absent.filter(({ key }) => key !== undefined);
}

function missingColumns(first: ColumnUse, all: readonly ColumnUse[], shape: Shape) {
  const lines = all.map(({ column, at, key }) => {
    const where = at === undefined || at === first.at ? '' : `${at}: `;
    const name = quotedName(column);
    const purpose = key === 'contact_id' ? 'the contact id' : `the match by ${key}`;
    const what =
      key === undefined
        ? `no column ${name} in ${shape.name}.`
        : `there is no column ${name} in ${shape.name} for ${purpose}.`;
    return `${where}${what}${didYouMean(column, shape.columns)}`;
  });
  return mappingError(first.at, `${lines.join('\n')}\n${columnList(shape)}`);
}

/** The objects that a JSONL column lies in: `a` and `a.b` for `a.b.c`. */
function enclosing(column: string, shape: Shape): readonly string[] {
  const outer: string[] = [];
  if (shape.format === 'csv') return outer;
  for (let dot = column.indexOf('.'); dot !== -1; dot = column.indexOf('.', dot + 1))
    outer.push(column.slice(0, dot));
  return outer;
}

function withEnclosing(columns: readonly string[], shape: Shape): ReadonlySet<string> {
  return new Set(columns.flatMap((column) => [column, ...enclosing(column, shape)]));
}
