import { RunError } from '../core/errors.ts';
import { ORIGIN_COLUMN, parseOrigin, type RowOrigin } from '../core/position.ts';
import type { BadRow, Row, Shape } from '../core/types.ts';
import type { Source } from './source.ts';

const LINE_COLUMN = '_line';

/** Whether rows of an input may say where they come from: rejects files do. */
export function hasOrigins({ columns }: Pick<Shape, 'columns'>): boolean {
  return columns.includes(ORIGIN_COLUMN);
}

/** The source with the origins of its rows, where it is a rejects file; else the source itself. */
export function withOrigins(source: Source): Source {
  const { shape } = source;
  if (!hasOrigins(shape)) return source;
  return {
    shape,
    ...(source.identity ? { identity: source.identity } : {}),
    async *rows() {
      for await (const batch of source.rows()) {
        yield batch.map((row: Row | BadRow) => {
          const origin = 'error' in row ? undefined : originOf(row, shape);
          return origin ? { ...row, origin } : row;
        });
      }
    },
    get bytesRead() {
      return source.bytesRead;
    },
    get whole() {
      return source.whole;
    },
    close: () => source.close(),
  };
}

// --- internal ---

/** Undefined for a row that says nothing. Throws `ERR_REJECT_ORIGIN` for what no run wrote. */
function originOf(row: Row, shape: Shape): RowOrigin | undefined {
  const cell = cellOf(row, shape, ORIGIN_COLUMN) ?? '';
  if (typeof cell === 'string' && cell.trim() === '') return undefined;
  const origin = typeof cell === 'string' ? parseOrigin(cell) : undefined;
  if (!origin) {
    throw new RunError(
      'ERR_REJECT_ORIGIN',
      `${shape.name}, line ${row.line}: ${ORIGIN_COLUMN} is not what a run wrote there, so the program cannot find out how old the row is. ` +
        'Restore it from the rejects file, leave the cell empty if the row is data of today, or rename the column if it is your own.',
    );
  }
  const line = String(cellOf(row, shape, LINE_COLUMN));
  return { ...origin, line: /^[1-9]\d{0,14}$/.test(line) ? Number(line) : row.line };
}

function cellOf({ record }: Row, { columns }: Shape, column: string): unknown {
  if (Array.isArray(record)) return (record as readonly string[])[columns.indexOf(column)];
  return (record as Readonly<Record<string, unknown>>)[column];
}
