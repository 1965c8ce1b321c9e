import { KEY_FIELDS, type RowError } from '../../core/types.ts';
import type { GivenPlace } from './given-values.ts';

/** Why a row must not be sent because of another one. `field` is an index among the key fields. */
export type Reason =
  | { readonly kind: 'duplicate'; readonly field: number; readonly other: GivenPlace }
  /** The contact `holder` has the value until the other row gives it another one. */
  | {
      readonly kind: 'swap' | 'move';
      readonly field: number;
      readonly other: GivenPlace;
      readonly holder: number;
    };

/** What the row's error says; `input` is the row's own. */
export function describe(reason: Reason, input: number): RowError {
  const field = KEY_FIELDS[reason.field] ?? 'email';
  const { other } = reason;
  const where = `row ${other.row} (line ${other.line}${other.input === input ? '' : ` of input ${other.input + 1}`})`;
  switch (reason.kind) {
    case 'duplicate':
      return {
        code: 'ERR_DUPLICATE_VALUE',
        field,
        message: `${where} gives the same ${field} to another contact, and in LiveDesk only one contact can have it: decide whose it is, and correct the other row`,
      };
    case 'swap':
      return {
        code: 'ERR_SWAP',
        field,
        message: `this row and ${where} swap the ${field} of two contacts (the other is ${reason.holder}), and LiveDesk refuses a value that another contact still has: clear it in one of the two first, then run both rows again`,
      };
    case 'move':
      return {
        code: 'ERR_SWAP',
        field,
        message: `contact ${reason.holder} has this ${field} until ${where} is done, and LiveDesk refuses a value that another contact still has: run this row again after that one`,
      };
  }
}
