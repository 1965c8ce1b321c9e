import type { Row, Shape } from '../../core/types.ts';
import { cellReader } from '../compile/cell.ts';

/** The cells of each column in the first rows, without empty ones. */
export type ColumnSample = ReadonlyMap<string, readonly unknown[]>;

/** Takes the columns worth mapping out of rows: values, not the objects they lie in, and no column of a rejects file. */
export function sampleColumns(shape: Shape, rows: readonly Row[]): ColumnSample {
  const objects = enclosingObjects(shape);
  const columns = shape.columns.filter(
    (column) =>
      column.trim() !== '' &&
      !column.startsWith('_') &&
      !objects.has(column) &&
      !shape.ambiguous?.has(column),
  );
  return new Map(
    columns.map((column) => {
      const read = cellReader(column, shape);
      return [column, rows.map(({ record }) => trimmed(read(record))).filter(isFilled)];
    }),
  );
}

// --- internal ---

function enclosingObjects({ format, columns }: Shape): ReadonlySet<string> {
  if (format === 'csv') return new Set();
  return new Set(columns.map((column) => column.slice(0, Math.max(0, column.lastIndexOf('.')))));
}

const trimmed = (cell: unknown) => (typeof cell === 'string' ? cell.trim() : cell);
const isFilled = (cell: unknown) => cell !== undefined && cell !== null && cell !== '';
