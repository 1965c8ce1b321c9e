import { isDeepStrictEqual } from 'node:util';
import { didYouMean } from '../../core/did-you-mean.ts';
import { valueAt } from '../../core/field-path.ts';
import type { JsonValue, Mapped, Row, Shape } from '../../core/types.ts';
import { columnUses } from '../compile/column-uses.ts';
import { compileMapping } from '../compile/compile.ts';
import type { Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import type { Expected, MappingExample } from './read-examples.ts';

/** A difference between what an example expects and what the mapping makes of its row. */
export interface ExampleDifference {
  /** `file:line` of what was expected. */
  readonly at: string;
  readonly message: string;
}

/**
 * Checks a mapping against its examples, and gives the differences of each. Rows are read as those of one file: a column that
 * only some examples have is empty in the others. Throws `ERR_MAPPING` where the mapping does not fit the columns, or a column
 * of an example looks like a misspelt one.
 */
export async function checkExamples(
  mapping: Mapping,
  examples: readonly MappingExample[],
): Promise<readonly (readonly ExampleDifference[])[]> {
  const named = columnUses(mapping, mapping.fields).map(({ column }) => column);
  const shapes = {
    csv: shapeOf('csv', named, examples),
    jsonl: shapeOf('jsonl', named, examples),
  };
  const compiled = {
    csv: examples.some(({ row }) => row.kind === 'csv')
      ? await compileMapping(mapping, shapes.csv)
      : undefined,
    jsonl: examples.some(({ row }) => row.kind === 'jsonl')
      ? await compileMapping(mapping, shapes.jsonl)
      : undefined,
  };
  return examples.map((example, i) => {
    const own = compiled[example.row.kind];
    if (!own) throw new Error('the mapping was compiled for the form of every example');
    const columns =
      example.row.kind === 'csv' ? [...example.row.cells.keys()] : Object.keys(example.row.values);
    for (const column of columns) {
      const hint = own.unusedColumns.includes(column) ? didYouMean(column, named) : '';
      if (hint) throw mappingError(example.at, `no field reads the column ${JSON.stringify(column)}.${hint}`);
    }
    return differences(example, own.apply(rowOf(example, shapes.csv.columns, i)));
  });
}

// --- internal ---

function shapeOf(
  format: 'csv' | 'jsonl',
  named: readonly string[],
  examples: readonly MappingExample[],
): Shape {
  const given = examples.flatMap(({ row }) => {
    if (row.kind !== format) return [];
    return row.kind === 'csv' ? [...row.cells.keys()] : Object.keys(row.values);
  });
  return { input: 0, name: 'the examples', format, columns: [...new Set([...named, ...given])] };
}

function rowOf({ row }: MappingExample, columns: readonly string[], index: number): Row {
  const place = { input: 0, row: index + 1, line: index + 2 };
  if (row.kind === 'csv') return { ...place, record: columns.map((column) => row.cells.get(column) ?? '') };
  return { ...place, record: row.values, text: JSON.stringify(row.values) };
}

function differences({ expected, places }: MappingExample, mapped: Mapped): ExampleDifference[] {
  const at = (path: string): string => places.get(path) ?? places.get('') ?? '';
  const outcome = outcomeText(mapped);
  switch (expected.kind) {
    case 'skips': {
      const isMet = mapped.kind === 'skipped' && (expected.reason ?? mapped.reason) === mapped.reason;
      const wanted = expected.reason === undefined ? 'is skipped' : `is skipped: ${expected.reason}`;
      return isMet ? [] : [{ at: at(''), message: `expected a row that ${wanted}, but it ${outcome}` }];
    }
    case 'invalid': {
      const { code, field, column } = expected;
      const isMet =
        mapped.kind === 'invalid' &&
        mapped.error.code === code &&
        (field ?? mapped.error.field) === mapped.error.field &&
        (column ?? mapped.error.column) === mapped.error.column;
      const where = [field && `field ${field}`, column && `column ${column}`].filter(Boolean).join(', ');
      const wanted = `is invalid: ${code}${where ? ` (${where})` : ''}`;
      return isMet ? [] : [{ at: at(''), message: `expected a row that ${wanted}, but it ${outcome}` }];
    }
    case 'sends':
      if (mapped.kind === 'skipped' || mapped.kind === 'invalid') {
        return [{ at: at(''), message: `expected a row that is sent, but it ${outcome}` }];
      }
      return [
        ...contactDifferences(expected, mapped, at),
        ...expectDifferences(expected, mapped, at),
        ...fieldDifferences(expected, mapped, at),
      ];
  }
}

type Sends = Expected & { readonly kind: 'sends' };
type Sendable = Mapped & { readonly kind: 'patch' | 'unmatched' };

function contactDifferences(
  { contactId, match }: Sends,
  mapped: Sendable,
  at: (path: string) => string,
): ExampleDifference[] {
  const all: ExampleDifference[] = [];
  if (contactId !== undefined) {
    const own = mapped.kind === 'patch' ? String(mapped.patch.contactId) : undefined;
    if (own !== contactId) all.push(differs(at('contact_id'), 'contact_id', contactId, own));
  }
  if (match) {
    const own = new Map(
      mapped.kind === 'unmatched' ? mapped.keys.map(({ field, value }) => [field as string, value]) : [],
    );
    const differing = [...new Set([...match.keys(), ...own.keys()])].filter(
      (key) => match.get(key) !== own.get(key),
    );
    for (const key of differing) {
      all.push(differs(at('match'), `match by ${key}`, match.get(key), own.get(key)));
    }
    // the first key that finds a contact decides
    const [wanted, got] = [[...match.keys()], [...own.keys()]];
    if (differing.length === 0 && !isDeepStrictEqual(wanted, got)) {
      all.push(differs(at('match'), 'match, in this order', wanted, got));
    }
  }
  return all;
}

function expectDifferences(
  { expect: wanted }: Sends,
  { patch }: Sendable,
  at: (path: string) => string,
): ExampleDifference[] {
  if (!wanted) return [];
  const own = new Map(Object.entries(patch.expect ?? {}));
  return [...new Set([...wanted.keys(), ...own.keys()])]
    .filter((path) => !isDeepStrictEqual(plain(wanted.get(path)), plain(own.get(path))))
    .map((path) => differs(at('expect'), `expect ${path}`, wanted.get(path), own.get(path)));
}

function fieldDifferences(
  { fields }: Sends,
  { patch }: Sendable,
  at: (path: string) => string,
): ExampleDifference[] {
  const all: ExampleDifference[] = [];
  for (const path of new Set([...fields.keys(), ...patch.fields])) {
    const wanted = fields.get(path);
    const sent = patch.fields.includes(path) ? valueAt(patch.body, path) : undefined;
    // both as plain data: objects of cells have no prototype
    if (!isDeepStrictEqual(plain(wanted), plain(sent))) all.push(differs(at(path), path, wanted, sent));
  }
  return all;
}

function differs(
  at: string,
  what: string,
  wanted: JsonValue | undefined,
  got: JsonValue | undefined,
): ExampleDifference {
  const shown = (value: JsonValue | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value);
  return { at, message: `${what}: expected ${shown(wanted)}, got ${shown(got)}` };
}

function plain(value: JsonValue | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function outcomeText(mapped: Mapped): string {
  if (mapped.kind === 'skipped') return `is skipped: ${mapped.reason}`;
  if (mapped.kind === 'invalid') return `is invalid: ${mapped.error.code}: ${mapped.error.message}`;
  return `is sent: ${mapped.patch.fields.join(', ')}`;
}
