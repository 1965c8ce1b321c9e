/** What the `*` of `glob` stands for in `column`, or undefined if the two do not match. An empty `*` does not match. */
export function matchGlob(glob: string, column: string): string | undefined {
  // `_row`, `_line`, … are what a rejects file adds to the input's own columns
  if (column.startsWith('_')) return undefined;
  const star = glob.indexOf('*');
  const head = glob.slice(0, star);
  const tail = glob.slice(star + 1);
  if (column.length <= head.length + tail.length) return undefined;
  if (!column.startsWith(head) || !column.endsWith(tail)) return undefined;
  return column.slice(head.length, column.length - tail.length);
}
