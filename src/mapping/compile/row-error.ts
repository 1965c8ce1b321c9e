import { quotedName } from '../../core/invisible.ts';
import type { RowError } from '../../core/types.ts';
import type { CellFault } from '../coerce/fault.ts';
import type { Step } from './step.ts';

/** Why a field of a row has no value, as what the journal says of the row. */
export function rowError(
  { code, reason }: CellFault,
  { path, column }: Pick<Step, 'path' | 'column'>,
): RowError {
  if (column === undefined) return { code, message: `The template of ${path} ${reason}`, field: path };
  return { code, message: `Column ${quotedName(column)} ${reason}`, field: path, column };
}
