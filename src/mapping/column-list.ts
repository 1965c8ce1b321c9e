import type { Shape } from '../types.ts';

/** `It has: "a", "b"`: the columns of an input, for an error. */
export function columnList(shape: Shape): string {
  const most = 30;
  const names = shape.columns
    .slice(0, most)
    .map((column) => JSON.stringify(column))
    .join(', ');
  const more = shape.columns.length - most;
  return `It has: ${names}${more > 0 ? ` and ${more} more` : ''}.`;
}
