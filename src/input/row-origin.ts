import type { BadRow, Row, RowOrigin, Shape } from '../core/types.ts';
import type { Source } from './source.ts';

/** Columns of a rejects file by which a row says where it comes from. */
const ORIGIN_COLUMNS = { run: '_run', row: '_row', line: '_line' } as const;

/** The source with the origins of its rows, where it is a rejects file; else the source itself. */
export function withOrigins(source: Source): Source {
  const originOf = createOriginReader(source.shape);
  if (!originOf) return source;
  return {
    shape: source.shape,
    ...(source.identity ? { identity: source.identity } : {}),
    async *rows() {
      for await (const batch of source.rows()) {
        yield batch.map((row: Row | BadRow) => {
          const origin = 'error' in row ? undefined : originOf(row);
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

const RUN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/([1-9]\d{0,3}))?$/;

function createOriginReader({ columns }: Shape): ((row: Row) => RowOrigin | undefined) | undefined {
  const places = Object.values(ORIGIN_COLUMNS).map((column) => columns.indexOf(column));
  if (places.includes(-1)) return undefined;
  const cellsOf = ({ record }: Row): unknown[] => {
    if (Array.isArray(record)) return places.map((place) => (record as readonly string[])[place]);
    return Object.values(ORIGIN_COLUMNS).map(
      (column) => (record as Readonly<Record<string, unknown>>)[column],
    );
  };
  return (row) => {
    const [name, number, line] = cellsOf(row);
    const [, run, input = '1'] = RUN.exec(String(name)) ?? [];
    if (run === undefined || !isCount(number) || !isCount(line)) return undefined;
    return { run, input: Number(input) - 1, row: Number(number), line: Number(line) };
  };
}

function isCount(value: unknown): boolean {
  return /^[1-9]\d{0,14}$/.test(String(value));
}
