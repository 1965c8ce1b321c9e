import { overlaps, withoutPaths } from '../core/field-path.ts';
import type { Patch } from '../core/types.ts';

/** Where a row stands among all rows of its run's inputs; later rows have higher positions. */
export function positionOf(input: number, row: number): number {
  return input * 2 ** 40 + row;
}

/** For some contacts, or for all, the last row that delivered each field. */
export class DeliveredFields {
  readonly #contacts = new Map<number, Map<string, number>>();
  readonly #wanted: ReadonlySet<number> | undefined;

  /** `wanted` are the contacts to remember; undefined for all, which takes memory for each. */
  constructor(wanted: ReadonlySet<number> | undefined) {
    this.#wanted = wanted;
  }

  /** A row at `position` delivered `fields` of `contact`. */
  add(contact: number, position: number, fields: readonly string[]): void {
    if (this.#wanted && !this.#wanted.has(contact)) return;
    let last = this.#contacts.get(contact);
    if (!last) {
      last = new Map();
      this.#contacts.set(contact, last);
    }
    for (const field of fields) last.set(field, Math.max(position, last.get(field) ?? 0));
  }

  /** The fields of a patch at `position` that a later row delivered, the whole of an object counting for its parts. */
  superseded(patch: Patch, position: number): string[] {
    const last = this.#contacts.get(patch.contactId);
    if (!last) return [];
    return patch.fields.filter((field) =>
      [...last].some(([other, at]) => at > position && overlaps(field, other)),
    );
  }
}

/** The patch without some of its fields; undefined if none is left. */
export function withoutFields(patch: Patch, fields: readonly string[]): Patch | undefined {
  if (fields.length === 0) return patch;
  const left = patch.fields.filter((field) => !fields.includes(field));
  if (left.length === 0) return undefined;
  const body = withoutPaths(patch.body, fields);
  return { ...patch, body, fields: left, complete: patch.complete && 'additional_attributes' in body };
}
