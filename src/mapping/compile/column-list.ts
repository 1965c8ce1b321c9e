import { quotedName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';

/** `It has: "a", "b"`: the columns of an input, for an error. */
export function columnList(shape: Shape): string {
  const most = 30;
  const names = shape.columns
    .slice(0, most)
    .map((column) => quotedName(column))
    .join(', ');
  const more = shape.columns.length - most;
  const hint =
    shape.format === 'csv' && shape.columns.length === 1
      ? ' That is one column alone: is the header the first line, and is --delimiter right?'
      : '';
  return `It has: ${names}${more > 0 ? ` and ${more} more` : ''}.${hint}`;
}
