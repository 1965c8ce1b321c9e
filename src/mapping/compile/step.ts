import type { Row } from '../../core/types.ts';
import { CellFault, type Coerce, type Coerced } from '../coerce/fault.ts';
import type { Field, FieldSource } from '../document.ts';
import type { EmptyPolicy } from '../policies.ts';
import { clearingValue, type Target } from '../targets.ts';
import { cellText, type ReadCell } from './cell.ts';

/** One field of the mapping, ready to be taken out of a row. */
export interface Step {
  readonly path: string;
  readonly target: Target;
  /** The column, where there is just one. */
  readonly column?: string;
  /** A fixed value, which alone does not make a row worth sending. */
  readonly isConstant: boolean;
  /** The value to send, why there is none, or undefined to leave the contact as it is. */
  take(record: Row['record']): Coerced | undefined;
}

const EMPTY = new CellFault('ERR_EMPTY', 'is empty, which the mapping forbids (empty: error).');
const NULL = new CellFault(
  'ERR_EMPTY',
  'is null, which the mapping forbids (null: error) or the field does not allow.',
);
const PARTIAL = new CellFault(
  'ERR_EMPTY',
  'has some of its columns empty, which the mapping forbids (partial: error).',
);
const NOT_CLEARABLE = new CellFault('ERR_CLEAR', 'holds the clear marker, but this field cannot be cleared.');
const NOT_LISTED = new CellFault('ERR_VALUE', 'is none of the cells listed under "values" in the mapping.');
const NOT_TEXT = new CellFault('ERR_VALUE', 'is a list or an object where a text belongs.');

/** What a field does where no value stands; undefined leaves the contact as it is. */
export interface Absences {
  readonly empty: Coerced | undefined;
  readonly null: Coerced | undefined;
  readonly marker: Coerced;
}

/** A step that reads a single column. */
export function columnStep(
  field: Field,
  column: string,
  read: ReadCell,
  coerce: Coerce,
  marker?: string,
): Step {
  const absent = absencesOf(field);
  const settle = settler(field, coerce, absent);
  const { trim } = field;
  const isEmpty = emptyCheck(field);
  return {
    path: field.path,
    target: field.target,
    column,
    isConstant: false,
    take(record) {
      const cell = read(record);
      if (typeof cell === 'string') {
        const text = trim ? cell.trim() : cell;
        if (isEmpty(text)) return absent.empty;
        if (text === marker) return absent.marker;
        return settle(text);
      }
      if (cell === undefined) return absent.empty;
      if (cell === null) return absent.null;
      if (field.emptyValues.length > 0 && isEmpty(cellText(cell) ?? CONTENT)) return absent.empty;
      if (field.values === undefined) return coerce.json(cell);
      const text = cellText(cell);
      return text === undefined ? NOT_TEXT : settle(text);
    },
  };
}

/** A step that puts several columns together. */
export function templateStep(
  field: Field,
  { parts, partial }: Extract<FieldSource, { kind: 'template' }>,
  readerOf: (column: string) => ReadCell,
  coerce: Coerce,
  marker?: string,
): Step {
  const absent = absencesOf(field);
  const settle = settler(field, coerce, absent);
  const isEmpty = emptyCheck(field);
  const pieces = parts.map((part) => (typeof part === 'string' ? part : readerOf(part.column)));
  const columns = pieces.filter((piece) => typeof piece !== 'string').length;
  return {
    path: field.path,
    target: field.target,
    isConstant: false,
    take(record) {
      let empty = 0;
      let cleared = 0;
      let text = '';
      for (const piece of pieces) {
        if (typeof piece === 'string') {
          text += piece;
          continue;
        }
        const cell = piece(record);
        const part = typeof cell === 'string' && !field.trim ? cell : cellText(cell);
        if (part === undefined) return NOT_TEXT;
        if (cell === null && absent.null instanceof CellFault) return absent.null;
        if (part === marker || (cell === null && field.null === 'clear')) cleared++;
        else if (isEmpty(part)) empty++;
        else text += part;
      }
      if (empty + cleared === columns) return cleared > 0 ? absent.marker : absent.empty;
      if (empty > 0 && partial !== 'send') return partial === 'error' ? PARTIAL : undefined;
      // what stood around an empty part would leave a gap
      if (empty + cleared > 0) text = text.replace(/\s{2,}/g, ' ').trim();
      return settle(field.trim ? text.trim() : text);
    },
  };
}

/** Whether the text of a cell stands for no value. */
export function emptyCheck({ emptyValues }: Pick<Field, 'emptyValues'>): (text: string) => boolean {
  if (emptyValues.length === 0) return (text) => text === '';
  const values = new Set(['', ...emptyValues]);
  return (text) => values.has(text.trim());
}

/** What the policies of a field come to. */
export function absencesOf(field: Field): Absences {
  const clearing = clearingValue(field.target);
  const outcome = (policy: EmptyPolicy, fault: CellFault): Coerced | undefined => {
    if (policy === 'keep') return undefined;
    return policy === 'error' ? fault : (clearing ?? (clearing === null ? null : fault));
  };
  return {
    empty: outcome(field.empty, EMPTY),
    null: outcome(field.null, NULL),
    marker: clearing === undefined ? NOT_CLEARABLE : clearing,
  };
}

// --- internal ---

/** Stands for a list or an object, which is something. */
const CONTENT = '{}';

/** From the text of a cell to its value, through `values` where the field has them. */
function settler(field: Field, coerce: Coerce, absent: Absences): (text: string) => Coerced | undefined {
  const { values, otherwise, target } = field;
  const asWritten = (text: string) => {
    const value = coerce.text(text);
    // the JSON text `null`
    return value === null ? absent.null : value;
  };
  if (values === undefined) return asWritten;
  const clearing = clearingValue(target) ?? null;
  return (text) => {
    const value = values.get(text.trim());
    if (value !== undefined) return value === null ? clearing : value;
    if (typeof otherwise === 'object') return otherwise.value ?? clearing;
    if (otherwise === 'send') return asWritten(text);
    return otherwise === 'keep' ? undefined : NOT_LISTED;
  };
}
