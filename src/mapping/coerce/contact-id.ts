import { invisibleIn } from '../../core/invisible.ts';
import { InexactNumber } from '../../core/types.ts';
import { CellFault } from './fault.ts';

const fault = (reason: string) => new CellFault('ERR_CONTACT_ID', reason);

const EMPTY = fault('is empty: without a contact id nothing can be sent.');
const SCIENTIFIC = fault(
  'is in scientific notation, so digits are lost. Format the column as a whole number and export it again.',
);
const SIGN = fault('has a sign. A contact id is digits alone.');
const SEPARATOR = fault('has separators between its digits. A contact id is digits alone.');
const OTHER_DIGITS = fault('is written with digits other than 0-9. Write them as 0-9.');
const LEADING_ZERO = fault('begins with a zero, which no contact id does. Is this the right column?');
const TOO_LARGE = fault('is larger than a contact id can be (2^53 - 1). Is this the right column?');
const NOT_DIGITS = fault('is not a contact id, which is digits alone. Is this the right column?');
const NOT_WHOLE = fault('is not a whole number above zero.');
const WRONG_KIND = fault('is neither a number nor a text of digits.');

/** Reads contact ids and remembers what was odd about them. */
export class ContactIdReader {
  /** How many ids were written like `318763.0`. */
  decimals = 0;

  /**
   * The id in a cell or JSON value: digits, no leading zero, within the safe integers (livedesk-api.md, trap 34).
   * Space around it and one leading `'` are removed.
   */
  read(value: unknown): number | CellFault {
    if (typeof value === 'string') return this.#readText(value);
    if (typeof value === 'number') {
      if (!Number.isInteger(value) || value < 1) return NOT_WHOLE;
      return Number.isSafeInteger(value) ? value : TOO_LARGE;
    }
    if (value === undefined || value === null) return EMPTY;
    return value instanceof InexactNumber ? TOO_LARGE : WRONG_KIND;
  }

  #readText(cell: string): number | CellFault {
    let text = cell.trim();
    // spreadsheets write it to keep a cell a text
    if (text.charCodeAt(0) === 39) text = text.slice(1).trimStart();
    if (text === '') return EMPTY;
    if (!/^[1-9]\d*$/.test(text)) {
      const whole = /^([1-9]\d*)\.0+$/.exec(text)?.[1];
      if (whole === undefined) return faultOf(text);
      text = whole;
      this.decimals++;
    }
    const id = Number(text);
    return Number.isSafeInteger(id) ? id : TOO_LARGE;
  }
}

function faultOf(text: string): CellFault {
  if (/^[-+]?\d+([.,]\d+)?[eE][-+]?\d+$/.test(text)) return SCIENTIFIC;
  if (/^0\d*(\.0+)?$/.test(text)) return LEADING_ZERO;
  if (/^[-+\u2212]\d+(\.0+)?$/.test(text)) return SIGN;
  if (/^\d+([\s.,_'’\u2019-]\d+)+$/.test(text)) return SEPARATOR;
  const invisible = invisibleIn(text);
  if (invisible !== undefined) return fault(`holds an invisible character, ${invisible}. Remove it.`);
  if (/^\p{Nd}+$/u.test(text)) return OTHER_DIGITS;
  return NOT_DIGITS;
}
