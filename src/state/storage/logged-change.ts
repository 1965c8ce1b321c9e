import type { JsonValue } from '../../core/types.ts';
import type { Hash } from '../compare/hash.ts';

/** Fields of a contact that are about to be sent. */
export interface Doubt {
  readonly id: number;
  readonly fields: readonly string[];
  /** Keys that the contact is about to hold. */
  readonly keys: readonly Hash[];
}

/** What is changed in a store. */
export type StoreChange =
  | { readonly kind: 'contact'; readonly id: number; readonly bytes: Buffer }
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
      return JSON.stringify(['d', entry.doubt.id, entry.doubt.fields, entry.doubt.keys]);
    case 'settled':
      return `["s",${entry.id}]`;
    case 'contact':
      return `["c",${entry.id},"${entry.bytes.toString('base64')}"]`;
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
  const [kind, first, second, third] = JSON.parse(text) as [string, never, never, never];
  switch (kind) {
    case 'd':
      return { kind: 'doubt', doubt: { id: first, fields: second, keys: third } };
    case 's':
      return { kind: 'settled', id: first };
    case 'c':
      return { kind: 'contact', id: first, bytes: Buffer.from(second, 'base64') };
    case 'h':
      return { kind: 'holder', prefix: first, id: second, isHeld: third };
    case 'm':
      return { kind: 'meta', key: first, value: second };
    default:
      return { kind: 'file', number: first };
  }
}
