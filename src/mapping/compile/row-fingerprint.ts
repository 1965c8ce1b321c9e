import { KEY_FIELDS, type KeyField, type MatchKey, type Row } from '../../core/types.ts';
import type { Field, Mapping } from '../document.ts';
import type { ReadCell } from './cell.ts';
import { columnUses } from './column-uses.ts';
import type { ReadContactReference } from './contact-reference.ts';
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
  /** What the row sets, if it is mapped to a patch at all: for equal sets one object. */
  sets(row: Row): FieldSet;
}

/** Fields that a row sets. */
export interface FieldSet {
  /** The paths of all of them. */
  readonly fields: readonly string[];
  /** Those among {@link KEY_FIELDS}. */
  readonly keyFields: readonly KeyField[];
}

export interface RowFingerprintOptions {
  readonly mapping: Mapping;
  /** The fields of the mapping, globs expanded, and a step for each. */
  readonly fields: readonly Field[];
  readonly steps: readonly Step[];
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
    return step ? [{ path: field.path, isGiven: giverOf(field, step, readerOf) }] : [];
  });
  let sets = new Branch();
  let count = 0;
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
    sets({ record }) {
      let branch = sets;
      for (const { isGiven } of givers) branch = branch.to(isGiven(record));
      if (branch.set) return branch.set;
      const given = givers.filter(({ isGiven }) => isGiven(record)).map(({ path }) => path);
      const set = { fields: given, keyFields: KEY_FIELDS.filter((field) => given.includes(field)) };
      branch.set = set;
      count += 1;
      if (count >= MAX_SETS) [sets, count] = [new Branch(), 0];
      return set;
    },
  };
}

// --- internal ---

/** Sets of fields that are remembered; rows of more kinds have theirs made anew. */
const MAX_SETS = 4_096;

/** Where one looks for a {@link FieldSet} field by field: nothing has to be put together for each row to find it by. */
class Branch {
  set: FieldSet | undefined;
  #given: Branch | undefined;
  #absent: Branch | undefined;

  /** The branch for rows that set the next field, or do not. */
  to(isGiven: boolean): Branch {
    if (isGiven) {
      this.#given ??= new Branch();
      return this.#given;
    }
    this.#absent ??= new Branch();
    return this.#absent;
  }
}

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

/** Whether a field is set, told by its cell being there where that says it: coercing a phone takes 20 us. */
function giverOf(
  field: Field,
  step: Step,
  readerOf: (column: string) => ReadCell,
): (record: Row['record']) => boolean {
  const { source, values, trim, type } = field;
  const coerced = (record: Row['record']): boolean => step.take(record) !== undefined;
  // a cell that `values` does not list may be kept, and the JSON text "null" follows `null`
  if (source.kind !== 'column' || values !== undefined || type === 'json') return coerced;
  const read = readerOf(source.column);
  const isEmpty = emptyCheck(field);
  return (record) => {
    const cell = read(record);
    const isFilled = typeof cell === 'string' && !isEmpty(trim ? cell.trim() : cell);
    return isFilled || coerced(record);
  };
}
