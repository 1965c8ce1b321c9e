/** Where a text stops being JSON. */
export interface JsonFault {
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  readonly why: string;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Finds the first fault of a text that `JSON.parse` refused. The engine's own message is of no use here: it
 * quotes the text, and in most releases it tells no position.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const open: ('{' | '[')[] = [];
  let wanted: 'value' | 'key' | 'value or end' | 'key or end' | 'comma or end' = 'value';
  for (;;) {
    skip(SPACE);
    const char = text[at];
    const column = at + 1;
    if (char === undefined) {
      return open.length > 0 || wanted === 'value' ? { column, why: 'the line ends too early' } : undefined;
    }
    const inside = open.at(-1);
    if (wanted.endsWith('end') && inside && char === (inside === '{' ? '}' : ']')) {
      at += 1;
      open.pop();
      wanted = 'comma or end';
    } else if (wanted === 'comma or end') {
      if (!inside) return { column, why: whyMore(text.slice(at)) };
      if (char !== ',') return { column, why: `a comma or ${inside === '{' ? '}' : ']'} is missing` };
      at += 1;
      wanted = inside === '{' ? 'key' : 'value';
    } else if (wanted.startsWith('key')) {
      if (!skip(STRING)) return { column, why: whyNoKey(char) };
      skip(SPACE);
      if (text[at] !== ':') return { column: at + 1, why: 'a colon is missing' };
      at += 1;
      wanted = 'value';
    } else if (char === '{' || char === '[') {
      at += 1;
      open.push(char);
      wanted = char === '{' ? 'key or end' : 'value or end';
    } else {
      if (!skip(STRING) && !skip(SCALAR)) return { column, why: whyNoValue(text, at) };
      wanted = 'comma or end';
    }
  }
}

// --- internal ---

const TORN_TEXT =
  'the text that begins here is not closed, or holds a tab, a line break or a backslash that is not escaped';

function whyMore(rest: string): string {
  return rest.trim() === ','
    ? "a comma stands after the object, as in a list; `sed 's/,[[:space:]]*$//' FILE` takes them off"
    : 'there is more text after the object';
}

function whyNoKey(char: string): string {
  if (char === '"') return TORN_TEXT;
  if (char === '}')
    return "a comma stands before the closing brace; `sed -E 's/,[[:space:]]*}/}/g' FILE` takes such off, in texts too";
  return 'a key belongs here, in double quotes';
}

function whyNoValue(text: string, at: number): string {
  const char = text[at];
  if (char === '"') return TORN_TEXT;
  if (char === "'") return 'texts stand in double quotes, not in apostrophes';
  if (char === ']' || char === '}') return 'a value is missing before it';
  const isNumber = /^(?:-?(?:NaN|Infinity)|[+-]?\.?\d)/.test(text.slice(at, at + 10));
  return isNumber
    ? 'this is not a number as JSON writes it'
    : 'a value belongs here; texts stand in double quotes';
}
