import { invisibleIn } from '../../core/invisible.ts';
import { InexactNumber } from '../../core/types.ts';
import { isStringColumn, type Target } from '../targets.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';
import { columnTextFault, textFault, valueFault } from './sendable.ts';

const NOT_TEXT = new CellFault('ERR_VALUE', 'is a list or an object where a text belongs.');
const URL_FAULT = new CellFault('ERR_URL', 'is not a web address. Write it with http:// or https://.');
const SCIENTIFIC = new CellFault(
  'ERR_SCIENTIFIC',
  'is in scientific notation, so digits are lost. Format the column as a text and export it again.',
);

/** What a cell of an attribute without a type is: a text stays a text, a JSON value stays what it is. */
export const asItIs: Coerce = {
  text: (text) => textFault(text) ?? text,
  // valueFault has looked at all of it
  json: (value) => valueFault(value) ?? (value as Coerced),
};

/** A text. In JSONL numbers and booleans become their text, since the API would make `t` of true (livedesk-api.md 5.2). */
export function coerceString(target: Target): Coerce {
  const limited = isStringColumn(target) ? columnTextFault : textFault;
  const isIdentifier = target.kind === 'column' && target.key === 'identifier';
  if (!isIdentifier) return fromText((text) => limited(text) ?? text);
  return fromText((cell) => {
    const text = withoutApostrophe(cell);
    if (isDamaged(text)) return SCIENTIFIC;
    const fault = limited(text);
    if (fault !== undefined) return fault;
    const invisible = invisibleIn(text);
    if (invisible === undefined) return text;
    return new CellFault('ERR_CHARACTER', `holds an invisible character, ${invisible}. Remove it.`);
  });
}

/** An address that begins with http: or https:, as written. */
export const coerceUrl: Coerce = fromText((cell) => {
  const text = cell.trim();
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text) ? (textFault(text) ?? text) : URL_FAULT;
});

/** A coercer that reads numbers and booleans of JSON by their text. */
export function fromText(text: (text: string) => Coerced): Coerce {
  const json = (value: unknown): Coerced => {
    if (typeof value === 'number' || typeof value === 'boolean') return text(String(value));
    return value instanceof InexactNumber ? text(value.source) : NOT_TEXT;
  };
  return { text, json };
}

/** A spreadsheet writes one apostrophe to keep a cell a text; alone it is what the cell holds. */
function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") && cell.length > 1 ? cell.slice(1) : cell;
}

// `12e5` alone may well be an identifier; a spreadsheet writes 1.2E+06
function isDamaged(text: string): boolean {
  return /^\d+[.,]\d+[eE][-+]?\d+$/.test(text) || /^\d+[eE][-+]\d+$/.test(text);
}
