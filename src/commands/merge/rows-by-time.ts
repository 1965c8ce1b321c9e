import type { RowLine } from '../../journal/journal-lines.ts';
import { readJournal } from '../../journal/read-journal.ts';

/** A row line, and its text in the journal. */
export interface ToldRow {
  readonly line: RowLine;
  readonly text: string;
  /** The set of fields that the line names by its number. */
  readonly confirms?: readonly string[] | undefined;
}

/**
 * The row lines of all journals in order of completion. Lines of one journal keep their order, so that what was done
 * for one contact stays in order, even where a clock was set back.
 */
export async function* rowsByTime(dirs: readonly string[]): AsyncGenerator<ToldRow> {
  const heads: Head[] = [];
  try {
    for (const dir of dirs) {
      const rest = rowsIn(dir);
      const next = await rest.next();
      if (next.done) continue;
      insert(heads, { told: next.value, rest });
    }
    for (let head = heads.shift(); head; head = heads.shift()) {
      yield head.told;
      const next = await head.rest.next();
      if (!next.done) insert(heads, { told: next.value, rest: head.rest });
    }
  } finally {
    for (const { rest } of heads) await rest.return(undefined);
  }
}

// --- internal ---

interface Head {
  readonly told: ToldRow;
  readonly rest: AsyncGenerator<ToldRow>;
}

async function* rowsIn(dir: string): AsyncGenerator<ToldRow> {
  const sets: (readonly string[])[] = [];
  for await (const { line, text } of readJournal(dir)) {
    if (line.type === 'fields') sets[line.set] = line.fields;
    else if (line.type === 'row') {
      yield { line, text, confirms: line.set === undefined ? undefined : sets[line.set] };
    }
  }
}

/** Puts a head behind all that are not later. */
function insert(heads: Head[], head: Head): void {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heads[middle]?.told.line.at ?? '') <= head.told.line.at) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, head);
}
