import type { Row } from '../../core/types.ts';
import { CellFault } from '../coerce/fault.ts';
import type { Key, Mapping } from '../document.ts';
import { cellText, type ReadCell } from './cell.ts';
import { columnsOf } from './column-uses.ts';
import { isNoValue, isUnfilled } from './no-value.ts';
import { emptyCheck } from './step.ts';

/** A column of a key whose cell stands for no value, and what is wrong with that. */
export interface Placeholder {
  readonly column: string;
  readonly fault: CellFault;
}

/**
 * Looks for a cell of the key that mostly stands for no value, as `#N/A` does: all rows with one would name the same contact.
 * What the mapping itself says of such a cell holds.
 */
export function placeholderCheck(
  key: Key,
  { clearMarker }: Mapping,
  readerOf: (column: string) => ReadCell,
): (record: Row['record']) => Placeholder | undefined {
  const isEmpty = emptyCheck(key);
  const isKnown = (text: string) => isEmpty(text) || text === clearMarker || key.values?.has(text) === true;
  const cells = columnsOf(key.source).map((column) => ({ column, read: readerOf(column) }));
  return (record) => {
    for (const { column, read } of cells) {
      const text = cellText(read(record));
      if (text !== undefined && isNoValue(text) && !isKnown(text)) return { column, fault: faultOf(text) };
    }
    return undefined;
  };
}

// --- internal ---

const ERROR = noKey('an error of a spreadsheet');
const DASH = noKey('a dash, which mostly stands for no value');
const UNFILLED = noKey('a field that a template left unfilled');
const WORD = noKey('what programs write for no value, such as NULL');

function noKey(kind: string): CellFault {
  return new CellFault(
    'ERR_NO_KEY',
    `is ${kind}: as a key it would make one contact of all rows that have it. Correct it, or list it under "empty_values" in the mapping if it means an empty cell.`,
  );
}

function faultOf(text: string): CellFault {
  if (text.startsWith('#')) return ERROR;
  if (isUnfilled(text)) return UNFILLED;
  return /^\p{Pd}+$/u.test(text) ? DASH : WORD;
}
