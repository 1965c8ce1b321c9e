/** No mapping nests deeper than a constant may, which is checked on its own. */
const MAX_DEPTH = 200;

/**
 * Where a text nests deeper than any mapping does, or undefined. Looked up before it is parsed: the parser's time
 * grows with the square of the depth, then its stack overflows. Brackets count inside of quotes as well.
 */
export function findTooDeep(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/[[{\]}]|(?:[-?:][ \t]+){50}/g)) {
    if (token.length > 1) return index;
    depth += token === '[' || token === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return index;
    if (depth < 0) depth = 0;
  }
  return undefined;
}
