import type { MatchKey, Row } from '../../core/types.ts';
import { CellFault } from '../coerce/fault.ts';
import type { Field, Mapping } from '../document.ts';
import type { ReadCell } from './cell.ts';
import { columnUses } from './column-uses.ts';
import type { ReadContactReference } from './contact-reference.ts';
import type { FieldPathList } from './field-path-list.ts';
import { emptyCheck, type Step } from './step.ts';

/** What can be told of a row before its cells are coerced. */
export interface RowFingerprint {
  /** Whose row it is: an id as it is mostly written, or keys; undefined: only the mapping can tell. */
  whose(row: Row): number | readonly MatchKey[] | undefined;
  /**
   * Every cell that decides what the row is mapped to, as one text: rows with equal texts become equal patches, apart
   * from their contact. Undefined where the cells are no plain values.
   */
  cells(row: Row): string | undefined;
  /** The paths that the row sets, if it is mapped to a patch at all. */
  fields(row: Row): FieldPathList;
}

export interface RowFingerprintOptions {
  readonly mapping: Mapping;
  /** The fields of the mapping, globs expanded, and a step for each. */
  readonly fields: readonly Field[];
  readonly steps: readonly Step[];
  /** What the lists of fields of all rows begin with. */
  readonly noFields: FieldPathList;
  readonly whose: ReadContactReference;
  readonly readerOf: (column: string) => ReadCell;
}

/** Makes the {@link RowFingerprint} of a mapping. */
export function createRowFingerprint(options: RowFingerprintOptions): RowFingerprint {
  const { mapping, fields, readerOf } = options;
  const uses = columnUses(mapping, fields).filter(({ key }) => key === undefined);
  const columns = [...new Set(uses.map(({ column }) => column))];
  const readers = columns.map(readerOf);
  // the mapping says what it does with a column, except which ones its globs match
  const hasGlobs = mapping.fields.some(({ source }) => source.kind === 'columns');
  const names = hasGlobs ? JSON.stringify(columns) : '';
  const givers = fields.flatMap((field, i) => {
    const step = options.steps[i];
    return step ? [giverOf(field, step, readerOf)] : [];
  });
  return {
    whose: whoseOf(options),
    cells({ record }) {
      let text = names;
      for (const read of readers) {
        const cell = read(record);
        // with its length, no cell can be taken for the end of another
        if (typeof cell === 'string') text += `${cell.length}:${cell}`;
        else if (cell === undefined) text += '-';
        else if (typeof cell === 'number' || typeof cell === 'boolean' || cell === null) text += `(${cell})`;
        else return undefined;
      }
      return text;
    },
    fields({ record }) {
      let list = options.noFields;
      for (const give of givers) list = give(record, list);
      return list;
    },
  };
}

// --- internal ---

/** Fifteen digits are a safe integer in any case. Whatever else may be an id is left to the mapping. */
const PLAIN_ID = /^[1-9]\d{0,14}$/;

function whoseOf({ mapping, whose, readerOf }: RowFingerprintOptions): RowFingerprint['whose'] {
  const { contact } = mapping;
  if (contact.kind === 'id') {
    const read = readerOf(contact.column);
    return ({ record }) => {
      const cell = read(record);
      if (typeof cell === 'string') return PLAIN_ID.test(cell) ? Number(cell) : undefined;
      return typeof cell === 'number' && Number.isSafeInteger(cell) && cell > 0 ? cell : undefined;
    };
  }
  return ({ record }) => {
    const told = whose(record);
    return 'keys' in told ? told.keys : undefined;
  };
}

/** Adds what a field sets to the list of what the row sets. */
type Giver = (record: Row['record'], list: FieldPathList) => FieldPathList;

/** Tells by the cell whether the field is set, where the cell being there says that: coercing a phone takes 20 us. */
function giverOf(field: Field, step: Step, readerOf: (column: string) => ReadCell): Giver {
  const { source, values, trim, type, path, target } = field;
  if (target.kind === 'whole') {
    return (record, list) => {
      const value = step.take(record);
      return value instanceof CellFault ? list : list.withKeysOf(target.key, value);
    };
  }
  const coerced: Giver = (record, list) => (step.take(record) === undefined ? list : list.with(path));
  // a cell that `values` does not list may be kept, and the JSON text "null" follows `null`
  if (source.kind !== 'column' || values !== undefined || type === 'json') return coerced;
  const read = readerOf(source.column);
  const isEmpty = emptyCheck(field);
  return (record, list) => {
    const cell = read(record);
    const isFilled = typeof cell === 'string' && !isEmpty(trim ? cell.trim() : cell);
    return isFilled ? list.with(path) : coerced(record, list);
  };
}
