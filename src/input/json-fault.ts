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
      if (!inside) return { column, why: 'there is more text after the object' };
      if (char !== ',') return { column, why: `a comma or ${inside === '{' ? '}' : ']'} is missing` };
      at += 1;
      wanted = inside === '{' ? 'key' : 'value';
    } else if (wanted.startsWith('key')) {
      if (!skip(STRING))
        return { column, why: 'a key in double quotes is missing, or it is not well formed' };
      skip(SPACE);
      if (text[at] !== ':') return { column: at + 1, why: 'a colon is missing' };
      at += 1;
      wanted = 'value';
    } else if (char === '{' || char === '[') {
      at += 1;
      open.push(char);
      wanted = char === '{' ? 'key or end' : 'value or end';
    } else {
      if (!skip(STRING) && !skip(SCALAR))
        return { column, why: 'a value is missing, or it is not well formed' };
      wanted = 'comma or end';
    }
  }
}
