import type { CompiledMapping } from './compile.ts';
import { FieldPathList } from './field-path-list.ts';

const NO_FIELDS = FieldPathList.empty();

/** Of a mapping that no document tells of: only its own code knows what it makes of a row, so nothing is said beforehand. */
export const OPAQUE_ROWS = {
  keyCells: () => undefined,
  glance: { whose: () => undefined, cells: () => undefined, fields: () => NO_FIELDS },
  matchedBy: [],
  onMissing: 'error',
  conflictPolicy: () => 'ours',
  warnings: [],
  unusedColumns: [],
  notice: () => {},
  noticed: () => [],
} as const satisfies Partial<CompiledMapping>;
