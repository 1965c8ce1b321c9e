/** What a file of the corpus must come to. In texts, ` … ` stands for anything in between. */
export interface Expected {
  readonly exit: number;
  /** Of the error that keeps the run from beginning (exit 2) or stops it (exit 3). */
  readonly code?: string;
  /** What must be printed: what is wrong, where, and what to write instead. */
  readonly says?: string | readonly string[];
  /** Every row in input order, `line 3: invalid ERR_EMAIL: message`. */
  readonly rows?: readonly string[];
  /** Options added to the command line. */
  readonly args?: readonly string[];
  /** Mapping to run it with, without its first two lines; the column names are used without it. */
  readonly mapping?: string;
}

/** Expectations by file name. */
export type Expectations = Readonly<Record<string, Expected>>;

type More = Pick<Expected, 'args' | 'mapping' | 'says'>;

/** Exit 2, nothing was sent. */
export function refused(code: string, says: Expected['says'] & {}, more: More = {}): Expected {
  return { exit: 2, code, says, ...more };
}

/** Exit 3, after these rows; without them, only the counts must add up. */
export function stopped(code: string, says: string, rows?: readonly string[], more: More = {}): Expected {
  return { exit: 3, code, says, ...(rows && { rows }), ...more };
}

/** Exit 1, these rows. */
export function badRows(rows: readonly string[], more: More = {}): Expected {
  return { exit: 1, rows, ...more };
}

/** Exit 0, these rows. */
export function done(rows: readonly string[], more: More = {}): Expected {
  return { exit: 0, rows, ...more };
}

/** Whether `text` holds what the pattern says; with `whole`, nothing else before it. */
export function holds(text: string, pattern: string, whole = false): boolean {
  let from = 0;
  for (const [index, part] of pattern.split(' … ').entries()) {
    const at = text.indexOf(part, from);
    if (at === -1 || (whole && index === 0 && at !== 0)) return false;
    from = at + part.length;
  }
  return true;
}
