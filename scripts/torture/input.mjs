// @ts-check
import { chance } from './chance.mjs';

/**
 * What a row of the input asks for.
 * @typedef {{ readonly kind: 'good' | 'invalid' | 'unknown', readonly contactId: number }} Asked
 */

/** Contacts from here on do not exist. */
const UNKNOWN_FROM = 1_000_000;

/**
 * The input of a trial: its rows write their own number into their contact, so that the server's journal shows
 * which row wrote when. Some rows have a bad id, some a contact that does not exist.
 * @param {import('./plan.mjs').Plan} plan
 * @returns {{ csv: string, mapping: string, asked: Asked[] }} `asked[0]` is row 1.
 */
export function inputOf({ seed, rows, contacts, completes }) {
  const { whole, next } = chance(seed ^ 0x5eed);
  /** @type {Asked[]} */
  const asked = [];
  const lines = ['contact_id,number,name,note'];
  for (let row = 1; row <= rows; row += 1) {
    const dice = next();
    const contactId = dice < 0.01 ? UNKNOWN_FROM + row : whole(1, contacts);
    const kind = dice < 0.01 ? 'unknown' : dice < 0.02 ? 'invalid' : 'good';
    asked.push({ kind, contactId });
    const id = kind === 'invalid' ? `no ${contactId}` : contactId;
    lines.push(`${id},${row},"Contact ${contactId}, row ${row}",${'x'.repeat(whole(0, 40))}`);
  }
  const mapping = [
    'version: 1',
    'contact_id: contact_id',
    'fields:',
    '  name: name',
    '  custom_attributes.row: { column: number, type: integer }',
    '  custom_attributes.note: note',
    ...(completes ? ['  additional_attributes.company_name: name'] : []),
    '',
  ].join('\n');
  return { csv: `${lines.join('\n')}\n`, mapping, asked };
}
