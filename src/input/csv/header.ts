import { RunError } from '../../core/errors.ts';
import { foldName, quotedName } from '../../core/invisible.ts';

/** More columns than any export has; a file with more is not what it seems. */
const MAX_COLUMNS = 10_000;
/** Longest column name, in UTF-16 code units. */
const MAX_NAME_LENGTH = 1_000;

/** The columns of a CSV. */
export interface Header {
  /** Names in order; the empty text for a column without one. */
  readonly columns: readonly string[];
  /** Names that several columns have, and what to say where one of these is asked for. */
  readonly ambiguous: ReadonlyMap<string, string>;
}

/**
 * Makes column names of a CSV header: the cells as they look, without what a screen does not show. Columns without a name,
 * or with that of another one, are for whoever asks for them to refuse. Throws `ERR_HEADER` (exit 2) where a name is too long
 * to be one, and for a file that begins with a row. `line` is that of the header.
 */
export function checkHeader(cells: readonly string[], input: string, line: number): Header {
  const refuse = (message: string) => new RunError('ERR_HEADER', `${input}, header: ${message}`);
  if (cells.length > MAX_COLUMNS) {
    throw refuse(
      `${cells.length} columns; at most ${MAX_COLUMNS} are read. Is this the right file and --delimiter?`,
    );
  }
  const columns = cells.map(foldName);
  const rowLike = likeRow(columns);
  if (rowLike) {
    throw refuse(
      `line ${line} looks like a row: ${rowLike}. Put the names of the columns into the first line. If they stand further down, say --skip-rows with the number of lines above them.`,
    );
  }
  const positions = new Map<string, number>();
  const ambiguous = new Map<string, string>();
  for (const [index, column] of columns.entries()) {
    const position = index + 1;
    if (column.length > MAX_NAME_LENGTH) {
      throw refuse(
        `the name of column ${position} is longer than ${MAX_NAME_LENGTH} characters. Is the first line the header?`,
      );
    }
    const earlier = positions.get(column);
    if (earlier === undefined) positions.set(column, position);
    else if (column !== '' && !ambiguous.has(column)) {
      const names = [cells[earlier - 1], cells[position - 1]].map((cell = '') => quotedName(cell.trim()));
      const [first, second] = names;
      ambiguous.set(
        column,
        first === second
          ? `${input}, header: columns ${earlier} and ${position} are both named ${first}. Rename one of them.`
          : `${input}, header: columns ${earlier} and ${position} look alike, ${first} and ${second}. Rename one of them.`,
      );
    }
  }
  return { columns, ambiguous };
}

// --- internal ---

/** What gives a row away in the place of the header. Errors list column names, which must not be personal data. */
function likeRow(columns: readonly string[]): string | undefined {
  const email = columns.findIndex((column) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(column));
  if (email !== -1) return `column ${email + 1} is an e-mail address`;
  return /^[+']?\d{4,}(?:\.0+)?$/.test(columns[0] ?? '') ? 'its first cell is a number' : undefined;
}
