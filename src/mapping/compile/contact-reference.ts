import { quotedName } from '../../core/invisible.ts';
import type { KeyField, MatchKey, Row, RowError } from '../../core/types.ts';
import type { ContactIdReader } from '../coerce/contact-id.ts';
import { CellFault } from '../coerce/fault.ts';
import type { ReadCell } from './cell.ts';
import type { Placeholder } from './key-placeholder.ts';
import { rowError } from './row-error.ts';
import type { Step } from './step.ts';

/** Whose row it is: the contact's id, keys to find it by in the order to try them, or why the row does not say. */
export type ContactReference =
  | { readonly contactId: number }
  | { readonly keys: readonly MatchKey[] }
  | { readonly error: RowError };

/** Reads whose row it is. */
export type ReadContactReference = (record: Row['record']) => ContactReference;

/** What names the contact in one text: its id in digits, or the first of its keys; undefined where the row does not say. */
export function nameOf(whose: ContactReference): string | undefined {
  if ('contactId' in whose) return String(whose.contactId);
  return 'keys' in whose ? whose.keys[0]?.value : undefined;
}

/** Takes the contact id out of a column. */
export function byContactId(column: string, read: ReadCell, ids: ContactIdReader): ReadContactReference {
  return (record) => {
    const id = ids.read(read(record));
    return typeof id === 'number'
      ? { contactId: id }
      : { error: rowError(id, { path: 'contact_id', column }) };
  };
}

/** A key as a step; the path of the step is the field. */
export interface KeyStep {
  readonly field: KeyField;
  readonly step: Step;
  /** Finds a cell of the key that stands for no value although it is not empty. */
  readonly placeholderIn: (record: Row['record']) => Placeholder | undefined;
}

/**
 * Takes the keys that a row has, e-mails in lower case as the API stores them (livedesk-api.md 5.4). A malformed key
 * makes the row invalid even beside a good one: a mistyped key must not let a lesser one pick the contact.
 */
export function byKeys(steps: readonly KeyStep[]): ReadContactReference {
  const noKey = { error: noKeyError(steps) };
  return (record) => {
    const keys: MatchKey[] = [];
    for (const { field, step, placeholderIn } of steps) {
      const value = step.take(record);
      if (value instanceof CellFault) return { error: rowError(value, step) };
      // a null is a cell with the clear marker: nothing to search for
      if (typeof value !== 'string') continue;
      const placeholder = placeholderIn(record);
      if (placeholder !== undefined) {
        return { error: rowError(placeholder.fault, { path: field, column: placeholder.column }) };
      }
      keys.push({ field, value: field === 'email' ? value.toLowerCase() : value });
    }
    return keys.length > 0 ? { keys } : noKey;
  };
}

// --- internal ---

function noKeyError(steps: readonly KeyStep[]): RowError {
  const names = steps.map(({ field, step: { column } }) =>
    column === undefined ? `the template of ${field}` : `column ${quotedName(column)}`,
  );
  const state = steps.some(({ step }) => step.column === undefined) ? 'empty or incomplete' : 'empty';
  const message = 'There is no key to find the contact by: ';
  const [only] = steps;
  if (only === undefined || steps.length > 1) {
    return {
      code: 'ERR_NO_KEY',
      message: `${message}${names.join(' and ')} are ${state}. Fill one of them.`,
    };
  }
  const { field, step } = only;
  return {
    code: 'ERR_NO_KEY',
    message: `${message}${names.join()} is ${state}.`,
    field,
    ...(step.column !== undefined && { column: step.column }),
  };
}
