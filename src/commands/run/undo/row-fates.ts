import { BAD_STATUSES } from '../../../core/types.ts';
import { isFinished, readJournal } from '../../../journal/read-journal.ts';
import { RowSets } from '../../../journal/row-set.ts';
import type { ImageFate } from './fold-images.ts';

/** What the journal of a run tells of the writes of its rows. */
export interface RowFates {
  of(input: number, row: number): ImageFate;
  /** A row that wrote a contact, of those that are not in `known`; undefined where there is none. */
  unknownTo(known: RowSets): { readonly row: number; readonly contact: number } | undefined;
  /** Contacts that the run made: what a row of theirs wrote is part of their making. */
  readonly created: { readonly contacts: number; readonly ids: readonly number[] };
  /** Whether rows were left without an outcome. */
  readonly unfinished: boolean;
}

/** Ids of contacts that were made which are named one by one. */
const NAMED_CREATED = 100;

/** Reads the journal of a run for what became of its writes. */
export async function readRowFates(dir: string): Promise<RowFates> {
  const written = new RowSets();
  /** Rows whose writes were refused for sure, or made a contact. */
  const refused = new RowSets();
  /** Rows that an earlier process was about to write when it died. */
  const cutOff = new RowSets();
  const contacts = new Map<string, { readonly row: number; readonly contact: number }>();
  const ids: number[] = [];
  let created = 0;
  let isEnded = false;
  const sending = new Map<string, { readonly input: number; readonly row: number }>();
  for await (const { line } of readJournal(dir)) {
    if (line.type === 'end') isEnded = isFinished({ end: line });
    if (line.type === 'resume') {
      isEnded = false;
      for (const { input, row } of sending.values()) cutOff.add(input, row);
      sending.clear();
    }
    if (line.type !== 'row' && line.type !== 'sending') continue;
    const { input = 0, row, contact_id: contact } = line;
    const key = `${input}/${row}`;
    if (line.type === 'sending') {
      if (line.set === undefined) sending.delete(key);
      else sending.set(key, { input, row });
      continue;
    }
    sending.delete(key);
    if (line.status === 'updated') {
      written.add(input, row);
      if (contact !== undefined && line.fields?.length) contacts.set(key, { row, contact });
    } else if (line.status === 'created') {
      refused.add(input, row);
      created += 1;
      if (contact !== undefined && ids.length < NAMED_CREATED) ids.push(contact);
    } else if (BAD_STATUSES.has(line.status) && line.set === undefined && !cutOff.has(input, row)) {
      refused.add(input, row);
    }
  }
  return {
    of(input, row) {
      if (refused.has(input, row)) return 'refused';
      // the outcome is that of the last process: of what one before it was about to write, nothing tells
      return written.has(input, row) && !cutOff.has(input, row) ? 'written' : 'maybe';
    },
    unknownTo(known) {
      for (const [key, wrote] of contacts) {
        if (!known.has(Number(key.split('/')[0]), wrote.row)) return wrote;
      }
      return undefined;
    },
    created: { contacts: created, ids },
    unfinished: !isEnded,
  };
}
