import { codeOf, EXIT, RunError } from '../core/errors.ts';
import type { BadRow, GivenRows, Row } from '../core/types.ts';
import { jsonLine } from './jsonl/json-line.ts';
import { MAX_LINE_BYTES, parseJsonRow } from './jsonl/json-row.ts';
import { takeSample } from './jsonl/sample.ts';
import type { InputOptions } from './options.ts';
import { readOnce } from './read-once.ts';
import type { Source } from './source.ts';

/** Name of the input where messages name it. */
const NAME = 'rows';
/** Rows, and characters of them, that are handed on together if they are there at once. */
const BATCH_ROWS = 500;
const BATCH_LENGTH = 64 * 1024;

/**
 * Rows of a program as an input of JSONL: each becomes the line that it would be in a file, and is read from that. A
 * row that no line can hold is a bad one. Rows that are not there yet do not hold up those before them.
 */
export async function openRows(
  given: GivenRows,
  input: number,
  { signal, sampleRows }: Pick<InputOptions, 'signal' | 'sampleRows'>,
): Promise<Source> {
  const seen = { rows: 0, length: 0, isWhole: false };
  const batches = read(given, input, seen, signal);
  const { columns, rows, fault, all } = await takeSample(batches, sampleRows);
  if (signal?.aborted) {
    throw new RunError('ERR_STOPPED', `stopped before the first row; nothing was sent.`, {
      exitCode: EXIT.stopped,
    });
  }
  if (fault && columns.length === 0) {
    throw new RunError(
      'ERR_INPUT',
      `none of the first ${rows} rows can be read. Row ${fault.row}: ${fault.error.message}.`,
    );
  }
  return {
    shape: { input, name: NAME, format: 'jsonl', columns, ...(rows === 0 && { isEmpty: true }) },
    rows: readOnce(NAME, () => all),
    get bytesRead() {
      return seen.length;
    },
    get whole() {
      return seen.isWhole ? { rows: seen.rows } : undefined;
    },
    close: async () => {
      await batches.return(undefined);
    },
  };
}

/** The lines of the rows, for a copy. A row that no line can hold leaves one that is no object, with the reason. */
export async function* linesOf(given: GivenRows): AsyncGenerator<string> {
  for await (const value of given) {
    const line = jsonLine(value);
    yield 'text' in line ? `${line.text}\n` : `${JSON.stringify(line.error.message)}\n`;
  }
}

// --- internal ---

interface Seen {
  rows: number;
  length: number;
  isWhole: boolean;
}

/** The rows in batches of what is there at once. Ends quietly when the signal aborts. */
async function* read(
  given: GivenRows,
  input: number,
  seen: Seen,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  const iterator = iteratorOf(given);
  const wait = waiter(signal);
  let batch: (Row | BadRow)[] = [];
  let length = 0;
  let isOver = false;
  const takeBatch = (): readonly (Row | BadRow)[] => {
    const full = batch;
    batch = [];
    length = 0;
    return full;
  };
  try {
    while (!signal?.aborted) {
      const step = iterator.next();
      let next: Step | 'aborted' | 'later' = isPromise(step) ? await wait(step, batch.length > 0) : step;
      if (next === 'later') {
        yield takeBatch();
        next = await wait(step, false);
      }
      if (next === 'aborted' || next === 'later') return;
      if (next.done) {
        isOver = true;
        break;
      }
      const row = rowOf(next.value, input, ++seen.rows);
      const rowLength = row.text?.length ?? 0;
      batch.push(row);
      length += rowLength;
      seen.length += rowLength;
      if (batch.length === BATCH_ROWS || length >= BATCH_LENGTH) yield takeBatch();
    }
    if (batch.length > 0) yield takeBatch();
    seen.isWhole = isOver;
  } catch (error) {
    isOver = true;
    if (batch.length > 0) yield takeBatch();
    throw new RunError('ERR_INPUT', `the rows broke off after row ${seen.rows} (${codeOf(error)}).`, {
      exitCode: EXIT.stopped,
      cause: error,
    });
  } finally {
    // not waited for: a source that has nothing to give may never answer
    if (!isOver) void leave(iterator);
  }
}

type Step = IteratorResult<unknown>;

/** Waits for a step, for an abort, and if asked only until the event loop has turned. */
function waiter(signal: AbortSignal | undefined) {
  let wake: ((what: 'aborted' | 'later') => void) | undefined;
  let isBriefly = false;
  let isTurning = false;
  // one listener: a race with one long-lived promise would keep something of every row
  signal?.addEventListener('abort', () => wake?.('aborted'), { once: true });
  const turn = (): void => {
    isTurning = false;
    if (isBriefly) wake?.('later');
  };
  return (step: Step | Promise<Step>, isBrief: boolean): Promise<Step | 'aborted' | 'later'> =>
    new Promise((resolve, reject) => {
      wake = resolve;
      isBriefly = isBrief;
      if (signal?.aborted) resolve('aborted');
      Promise.resolve(step).then(resolve, reject);
      if (!isBrief || isTurning) return;
      isTurning = true;
      setImmediate(turn);
    });
}

function rowOf(value: unknown, input: number, row: number): Row | BadRow {
  const place = { input, row, line: row };
  const line = jsonLine(value);
  if ('error' in line) return { ...place, text: '', error: line.error };
  const { text } = line;
  if (text.length > MAX_LINE_BYTES) {
    const message = 'the row is longer than 1 MiB as JSON, so it was not kept.';
    return { ...place, text: '', error: { code: 'ERR_ROW_TOO_LARGE', message } };
  }
  return { ...place, text, ...parseJsonRow(text) };
}

function iteratorOf(given: GivenRows): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in given ? given[Symbol.asyncIterator]() : given[Symbol.iterator]();
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // what a source says of being left changes nothing
  }
}
