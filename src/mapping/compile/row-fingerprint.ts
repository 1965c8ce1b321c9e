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
  /** The fields among {@link KEY_FIELDS} that the row sets, if it is mapped to a patch at all. */
  keyFields(row: Row): readonly KeyField[];
  /** The paths of all fields that the row sets, if it is mapped to a patch at all: equal sets are one array. */
  fields(row: Row): readonly string[];
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
  const allGivers = fields.flatMap((field, i) => {
    const step = options.steps[i];
    return step ? [{ path: field.path, isGiven: giverOf(field, step, readerOf) }] : [];
  });
  const givers = allGivers.flatMap(({ path: given, isGiven }) => {
    const path = KEY_FIELDS.find((key) => key === given);
    return path ? [{ path, isGiven }] : [];
  });
  const always = givers.map(({ path }) => path);
  const sets = new Map<string, readonly string[]>();
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
    keyFields({ record }) {
      if (givers.every(({ isGiven }) => isGiven(record))) return always;
      return givers.filter(({ isGiven }) => isGiven(record)).map(({ path }) => path);
    },
    fields({ record }) {
      let bits = '';
      for (const { isGiven } of allGivers) bits += isGiven(record) ? '1' : '0';
      const known = sets.get(bits);
      if (known) return known;
      const given = allGivers.filter((_, i) => bits[i] === '1').map(({ path }) => path);
      if (sets.size < MAX_SETS) sets.set(bits, given);
      return given;
    },
  };
}

// --- internal ---

/** Sets of fields that are remembered; rows of more kinds have theirs made anew. */
const MAX_SETS = 4_096;

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
