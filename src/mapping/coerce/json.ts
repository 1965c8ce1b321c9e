import type { JsonValue } from '../../core/types.ts';
import { survivesJson } from './exact-number.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';
import { textFault, valueFault } from './sendable.ts';

/** A text that is no JSON. */
export const MALFORMED = new CellFault('ERR_JSON', 'is not JSON. A text needs quotes around it.');
const INEXACT = new CellFault(
  'ERR_NUMBER',
  'holds a number with more digits than JSON keeps. Put it in quotes.',
);
const NO_ITEM = new CellFault('ERR_VALUE', 'holds separators and no item. Leave it empty.');
const NOT_A_LIST = new CellFault('ERR_VALUE', 'is not a list.');

/** JSON as it stands in a cell, or a JSON value as it is. */
export const coerceJson: Coerce = {
  text(text) {
    let value: JsonValue;
    try {
      value = JSON.parse(text);
    } catch {
      // the parser's message quotes the cell
      return MALFORMED;
    }
    return numbersSurvive(text) ? (valueFault(value) ?? value) : INEXACT;
  },
  // valueFault has looked at all of it
  json: (value) => valueFault(value) ?? (value as Coerced),
};

/** The items of a cell as texts, trimmed, empty ones left out; in JSONL a list as it is. */
export function coerceList(separator: string): Coerce {
  return {
    text(text) {
      const items = text
        .split(separator)
        .map((item) => item.trim())
        .filter((item) => item !== '');
      return items.length === 0 ? NO_ITEM : (textFault(text) ?? items);
    },
    json: (value) => (Array.isArray(value) ? coerceJson.json(value) : NOT_A_LIST),
  };
}

/** Numbers outside of strings, checked on the source since the parsed value has lost the digits. */
function numbersSurvive(text: string): boolean {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (!token.startsWith('"') && !survivesJson(token)) return false;
  }
  return true;
}
