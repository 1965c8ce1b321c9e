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
  return writeCsv(path, rows, 'contact_id,name,email,plan,city,score,renewal,send', (row) => [
    row,
    `Contact Number ${row}`,
    `contact.${row}@example.com`,
    PLANS[row % PLANS.length],
    '"Berlin, Mitte"',
    row % 1000,
    `2027-0${1 + (row % 9)}-15`,
    row % sendEach === 0 ? 'yes' : 'no',
  ]);
}

/** Odd, so that multiplying by it leads to every number below 2 ** 32 once: ids in no order, as databases get them. */
const SCRAMBLE = 2_654_435_761n;

/**
 * Writes a CSV of contacts with ten fields, three of them keys, whose ids come in no order.
 * @param {string} path
 * @param {number} rows
 * @returns {string} The path.
 */
export function writeScatteredContacts(path, rows) {
  const header = 'contact_id,name,email,phone,crm_id,plan,tier,score,renewal,region,owner';
  return writeCsv(path, rows, header, (row) => {
    const { contactId, body } = scatteredContact(row);
    const { custom_attributes: custom, ...columns } = body;
    return [contactId, ...Object.values(columns), ...Object.values(custom)];
  });
}

/**
 * One of those contacts, with the body that the worker sends for it with the mapping `wide`.
 * @param {number} row
 */
export function scatteredContact(row) {
  return {
    contactId: Number(BigInt.asUintN(32, BigInt(row) * SCRAMBLE)),
    body: {
      name: `Contact Number ${row}`,
      email: `contact.${row}@example.com`,
      phone_number: `+49151${String(row).padStart(8, '0')}`,
      identifier: `crm-${row}`,
      custom_attributes: {
        plan: PLANS[row % PLANS.length],
        tier: `tier ${row % 5}`,
        score: row % 1000,
        renewal: `2027-0${1 + (row % 9)}-15`,
        region: `region ${row % 50}`,
        owner: `owner ${row % 200}`,
      },
    },
  };
}

/**
 * @param {string} path
 * @param {number} rows
 * @param {string} header
 * @param {(row: number) => readonly unknown[]} cellsOf
 */
function writeCsv(path, rows, header, cellsOf) {
  const file = openSync(path, 'w');
  let text = `${header}\n`;
  for (let row = 1; row <= rows; row += 1) {
    text += `${cellsOf(row).join(',')}\n`;
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
 * `sparse` sends the rows that say so only. `wide` is that of scattered contacts.
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
    wide: write(
      'wide',
      `fields:
  name: name
  email: email
  phone_number: { column: phone, type: phone }
  identifier: crm_id
  custom_attributes.plan: plan
  custom_attributes.tier: tier
  custom_attributes.score: { column: score, type: integer }
  custom_attributes.renewal: renewal
  custom_attributes.region: region
  custom_attributes.owner: owner
`,
    ),
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
