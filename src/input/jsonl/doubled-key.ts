const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * A key that the outermost object of a valid JSON text has twice with different values, so that a parser would drop one of
 * them; undefined where there is none. `keys` is how many the parser found.
 */
export function doubledKey(text: string, keys: number): string | undefined {
  const places = membersOf(text);
  if (places.length === PLACES * keys) return undefined;
  const values = new Map<string, string>();
  for (let i = 0; i < places.length; i += PLACES) {
    const name = JSON.parse(text.slice(places[i], places[i + 1])) as string;
    const value = text.slice(places[i + 2], places[i + 3]).trim();
    if ((values.get(name) ?? value) !== value) return name;
    values.set(name, value);
  }
  return undefined;
}

// --- internal ---

/** Numbers for each member. */
const PLACES = 4;

/** Where key and value of each member of the outermost object begin and end; flat, since each row comes by here. */
function membersOf(text: string): readonly number[] {
  const places: number[] = [];
  let depth = 0;
  let [keyBegin, keyEnd, begin] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      const opened = at;
      do at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
      while (text.charCodeAt(at) !== QUOTE);
      if (depth === 1 && begin === 0) [keyBegin, keyEnd] = [opened, at + 1];
    } else if (isOpening(char)) depth += 1;
    else if (isClosing(char)) depth -= 1;
    else if (depth === 1 && char === COLON) begin = at + 1;
    if (begin > 0 && ((depth === 1 && char === COMMA) || depth === 0)) {
      places.push(keyBegin, keyEnd, begin, at);
      begin = 0;
    }
  }
  return places;
}

// of braces and brackets
const isOpening = (char: number): boolean => char === 0x7b || char === 0x5b;
const isClosing = (char: number): boolean => char === 0x7d || char === 0x5d;
