import type { Position } from '../core/position.ts';
import { BAD_STATUSES } from '../core/types.ts';
import { isDelivered, readJournal } from './read-journal.ts';

/** Fields of a contact that a row of a run set, may have set, or found as they are. */
export interface Touched {
  readonly contact: number;
  readonly fields: readonly string[];
  /** Where the data of the row comes from. */
  readonly position: Position;
  /** Number of the run that had the row; 0 where it has none. */
  readonly by: number;
  /** Whether it is not known that they were set. */
  readonly isInDoubt: boolean;
}

/** What the rows of a run set or confirmed, as its journal tells; rows that were about to write and have no outcome last. */
export async function* touchedFields(dir: string): AsyncGenerator<Touched> {
  const sets: (readonly string[])[] = [];
  let by = 0;
  /** Rows that were about to write and have no outcome: they may have. By input and row. */
  const sending = new Map<string, Touched>();
  for await (const { line } of readJournal(dir)) {
    if (line.type === 'run') by = line.number ?? 0;
    if (line.type === 'fields') sets[line.set] = line.fields;
    if ((line.type !== 'row' && line.type !== 'sending') || line.contact_id === undefined) continue;
    const [number, input, row] = line.position ?? [by, line.input ?? 0, line.row];
    const touched = (fields: readonly string[], isInDoubt: boolean): Touched => ({
      contact: line.contact_id ?? 0,
      fields,
      position: { number, input, row },
      by,
      isInDoubt,
    });
    const set = line.set === undefined ? undefined : sets[line.set];
    const key = `${line.input ?? 0}/${line.row}`;
    sending.delete(key);
    if (line.type === 'sending') {
      if (set) sending.set(key, touched(set, true));
      continue;
    }
    // versions before sets were named tell only what was sent
    const fields = set ?? (isDelivered(line) ? line.fields : undefined);
    if (fields) yield touched(fields, BAD_STATUSES.has(line.status));
  }
  yield* sending.values();
}
