import { RunError } from '../errors.ts';

/** More columns than any export has; a file with more is not what it seems. */
const MAX_COLUMNS = 10_000;
/** Longest column name, in UTF-16 code units. */
const MAX_NAME_LENGTH = 1_000;

/**
 * Makes column names of a CSV header: the cells without the white space around them. Throws `ERR_HEADER`
 * (exit 2) where a name is missing, doubled, or too long to be one.
 */
export function readHeader(cells: readonly string[], input: string): readonly string[] {
  const refuse = (message: string) => new RunError('ERR_HEADER', `${input}, header: ${message}`);
  if (cells.length > MAX_COLUMNS) {
    throw refuse(
      `${cells.length} columns; at most ${MAX_COLUMNS} are read. Is this the right file and --delimiter?`,
    );
  }
  const columns = cells.map((cell) => cell.trim());
  const positions = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const position = index + 1;
    if (column === '') {
      throw refuse(`column ${position} of ${columns.length} has no name. Name it, or delete the column.`);
    }
    if (column.length > MAX_NAME_LENGTH) {
      throw refuse(
        `the name of column ${position} is longer than ${MAX_NAME_LENGTH} characters. Is the first line the header?`,
      );
    }
    const earlier = positions.get(column);
    if (earlier !== undefined) {
      throw refuse(`columns ${earlier} and ${position} are both named "${column}". Rename one of them.`);
    }
    positions.set(column, position);
  }
  return columns;
}
