import { cellText } from '../compile/cell.ts';
import type { DraftField } from './draft.ts';

/** A field of phone numbers. No country is guessed: it is asked for where the sample needs one. */
export function phoneField(
  column: string,
  cells: readonly unknown[],
): DraftField & { readonly path: 'phone_number' } {
  const texts = cells.map((cell) => (cellText(cell) ?? '').replace(/^'/, ''));
  const without = texts.filter((text) => !text.startsWith('+')).length;
  const field = { path: 'phone_number' as const, field: { column }, isOffered: false };
  if (texts.some((text) => /^\d+(?:[.,]\d+)?[eE]\+?\d+$/.test(text))) {
    return { ...field, why: 'phone; some lost digits (1.2E+11): export the column as text', blank: BLANK };
  }
  if (texts.length === 0) return { ...field, why: 'phone, by its name; empty in the sample', blank: BLANK };
  if (without === 0) return { ...field, why: 'phone; every sampled number begins with "+"' };
  const share = `${without} of ${texts.length} sampled numbers have no "+"`;
  return { ...field, why: `phone; ${share}: invalid without a country`, blank: BLANK };
}

// --- internal ---

const BLANK = {
  option: 'country',
  value: 'XX',
  why: 'the country of numbers without "+", e.g. US or DE; uncomment and fill in',
} as const;
