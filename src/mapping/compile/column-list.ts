import { quotedName } from '../../core/invisible.ts';
import type { Shape } from '../../core/types.ts';

/** `It has: "a", "b"`: the columns of an input, for an error. */
export function columnList(shape: Shape): string {
  const most = 30;
  const named = shape.columns.filter((column) => column !== '');
  const names = named
    .slice(0, most)
    .map((column) => quotedName(column))
    .join(', ');
  const more = named.length - most;
  const hint =
    shape.format === 'csv' && shape.columns.length === 1
      ? ' That is one column alone: is the header the first line, and is --delimiter right?'
      : '';
  const title =
    shape.headerLine === undefined
      ? ''
      : ` If its header is line ${shape.headerLine}, say --skip-rows ${shape.headerLine - 1}.`;
  return `It has: ${names}${more > 0 ? ` and ${more} more` : ''}.${title || hint}`;
}
