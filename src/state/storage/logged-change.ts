import type { JsonValue } from '../../core/types.ts';
import type { Hash } from '../compare/hash.ts';

/** Fields of a contact that are about to be sent. */
export interface Doubt {
  readonly id: number;
  readonly fields: readonly string[];
  /** Keys that the contact is about to hold. */
  readonly keys: readonly Hash[];
}

/** Whether a key with this prefix may belong to a contact from now on. */
export type KeyChange = readonly [prefix: string, isHeld: boolean];

/** A contact's record, with the keys that changed hands by it. */
export interface ContactChange {
  readonly kind: 'contact';
  readonly id: number;
  readonly bytes: Buffer;
  readonly keys?: readonly KeyChange[];
  /** The record says what became of the write to the contact that was under way; that may turn out after it was noted. */
  isSettled?: boolean;
}

/** What is changed in a store. */
export type StoreChange =
  | ContactChange
  | { readonly kind: 'holder'; readonly prefix: string; readonly id: number; readonly isHeld: boolean }
  | { readonly kind: 'meta'; readonly key: string; readonly value: JsonValue };

/** What the log of a store tells, in the order in which it came about. */
export type LoggedChange =
  | StoreChange
  /** A write to a contact is about to begin. */
  | { readonly kind: 'doubt'; readonly doubt: Doubt }
  /** It is over; what became of it stands before. */
  | { readonly kind: 'settled'; readonly id: number }
  /** First of a file: the higher number is the newer file. */
  | { readonly kind: 'file'; readonly number: number };

/** An entry as JSON: the first letter of its kind, and what it holds. */
export function entryText(entry: LoggedChange): string {
  switch (entry.kind) {
    case 'doubt':
      return `["d",${entry.doubt.id},${listText(entry.doubt.fields)},${JSON.stringify(entry.doubt.keys)}]`;
    case 'settled':
      return `["s",${entry.id}]`;
    case 'contact':
      return `["c",${entry.id},"${entry.bytes.toString('base64')}"${moreText(entry)}]`;
    case 'holder':
      return `["h","${entry.prefix}",${entry.id},${entry.isHeld}]`;
    case 'meta':
      return JSON.stringify(['m', entry.key, entry.value]);
    case 'file':
      return `["f",${entry.number}]`;
  }
}

/** The entry of a text that {@link entryText} made. */
export function entryOf(text: string): LoggedChange {
  // by its checksum it is as it was written
  const [kind, first, second, third, fourth] = JSON.parse(text) as [string, never, never, never, never];
  switch (kind) {
    case 'd':
      return { kind: 'doubt', doubt: { id: first, fields: second, keys: third } };
    case 's':
      return { kind: 'settled', id: first };
    case 'c':
      return {
        kind: 'contact',
        id: first,
        bytes: Buffer.from(second, 'base64'),
        ...(third === undefined ? {} : { keys: third }),
        ...(fourth === undefined ? {} : { isSettled: fourth }),
      };
    case 'h':
      return { kind: 'holder', prefix: first, id: second, isHeld: third };
    case 'm':
      return { kind: 'meta', key: first, value: second };
    default:
      return { kind: 'file', number: first };
  }
}

// --- internal ---

function moreText({ keys = [], isSettled }: ContactChange): string {
  if (keys.length === 0 && !isSettled) return '';
  const changed = keys.map(([prefix, isHeld]) => `["${prefix}",${isHeld}]`).join();
  return isSettled ? `,[${changed}],true` : `,[${changed}]`;
}

let lastList: { readonly list: readonly string[]; readonly text: string } | undefined;

/** A list as JSON: rows that set the same fields share the array, and mostly follow each other. */
function listText(list: readonly string[]): string {
  if (lastList?.list !== list) lastList = { list, text: JSON.stringify(list) };
  return lastList.text;
}
