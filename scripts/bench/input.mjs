// @ts-check
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PLANS = ['gold', 'basic', 'trial'];
const CHUNK = 1024 * 1024;

/**
 * Writes a CSV of contacts, of a size as exports have it: eight columns, some quoted, about 100 bytes a row.
 * @param {string} path
 * @param {number} rows
 * @param {{ readonly sendEach?: number }} [options] Every how many rows `send` is "yes".
 * @returns {string} The path.
 */
export function writeContacts(path, rows, { sendEach = 1 } = {}) {
  const file = openSync(path, 'w');
  let text = 'contact_id,name,email,plan,city,score,renewal,send\n';
  for (let row = 1; row <= rows; row += 1) {
    const cells = [
      row,
      `Contact Number ${row}`,
      `contact.${row}@example.com`,
      PLANS[row % PLANS.length],
      '"Berlin, Mitte"',
      row % 1000,
      `2027-0${1 + (row % 9)}-15`,
      row % sendEach === 0 ? 'yes' : 'no',
    ];
    text += `${cells.join(',')}\n`;
    if (text.length < CHUNK) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
  return path;
}

const ATTRIBUTES = `
  custom_attributes.plan: plan
  custom_attributes.city: city
  custom_attributes.score: { column: score, type: integer }
  custom_attributes.renewal: renewal
`;

/**
 * Mappings of that CSV: `plain` needs one look at the input, `unique` two, since no two contacts may have one e-mail.
 * `sparse` sends the rows that say so only.
 * @param {string} dir
 */
export function writeMappings(dir) {
  /** @param {string} name @param {string} text */
  const write = (name, text) => {
    const path = join(dir, `${name}.yaml`);
    writeFileSync(path, `version: 1\ncontact_id: contact_id\n${text}`);
    return path;
  };
  return {
    plain: write('plain', `fields:\n  name: name${ATTRIBUTES}`),
    unique: write('unique', `fields:\n  name: name\n  email: email${ATTRIBUTES}`),
    sparse: write('sparse', `only: { send: yes }\nfields:\n  name: name${ATTRIBUTES}`),
  };
}

/**
 * The body that the worker sends for a row with the mapping `unique`, for those who compare.
 * @param {number} row
 */
export function bodyOf(row) {
  return {
    name: `Contact Number ${row}`,
    email: `contact.${row}@example.com`,
    custom_attributes: {
      plan: PLANS[row % PLANS.length],
      city: 'Berlin, Mitte',
      score: row % 1000,
      renewal: `2027-0${1 + (row % 9)}-15`,
    },
  };
}
