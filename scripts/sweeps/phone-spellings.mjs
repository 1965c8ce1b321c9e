// @ts-check
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

const metadata = createRequire(import.meta.url)('libphonenumber-js/max/metadata');

/**
 * A number and the country whose people dial it.
 * @typedef {{ readonly country: string, readonly callingCode: string, readonly e164: string, readonly national: string }} Phone
 */

/**
 * The ways in which people and programs write a number; null where a country has no such way.
 * @type {Readonly<Record<string, (phone: Phone) => string | null>>}
 */
export const SPELLINGS = {
  'E.164': ({ e164 }) => e164,
  'E.164 with blanks': (phone) => international(phone),
  national: (phone) => national(phone),
  'calling code without plus': ({ callingCode, national }) => callingCode + national,
  'the same with blanks': (phone) => international(phone).slice(1),
  '00 and calling code': ({ callingCode, national }) => `00${callingCode}${national}`,
  'own international prefix': ({ country, callingCode, national }) =>
    prefixOf(country) && prefixOf(country) + callingCode + national,
  '+ calling code (0)': (phone) => (hasTrunkZero(phone) ? `+${withZero(phone)}` : null),
  'calling code (0)': (phone) => (hasTrunkZero(phone) ? withZero(phone) : null),
  dots: (phone) => plain(phone).replace(/[\s–-]+/g, '.'),
  slashes: (phone) => plain(phone).replace(/[\s-]+/, '/'),
  'full-width national': (phone) => fullWidth(national(phone)),
  'full-width E.164': ({ e164 }) => fullWidth(e164),
  'Arabic digits': (phone) =>
    national(phone).replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  'direction marks': (phone) => `\u202d${national(phone)}\u202c`,
  'tel: link': ({ e164 }) => `tel:${e164}`,
  'digits alone': ({ national }) => national,
  'a number of a spreadsheet': ({ callingCode, national }) => `${callingCode}${national}.0`,
};

/** Spellings of a number with an extension, which is read and then refused. */
export const WITH_EXTENSION = (/** @type {Phone} */ phone) => `${national(phone)} ext. 12`;

/**
 * Counts what a rule makes of every spelling: the number, none, or another.
 * @param {Iterable<Phone>} phones
 * @param {(text: string, country: string) => string | undefined} read
 */
export function countReadings(phones, read) {
  /** @type {Record<string, { right: number, refused: number, wrong: number }>} */
  const table = {};
  /** @type {string[]} */
  const wrong = [];
  /** @type {string[]} */
  const refused = [];
  for (const phone of phones) {
    for (const [spelling, write] of Object.entries(SPELLINGS)) {
      const text = write(phone);
      if (text === null || text === '') continue;
      table[spelling] ??= { right: 0, refused: 0, wrong: 0 };
      const counts = table[spelling];
      const number = read(text, phone.country);
      if (number === phone.e164) counts.right++;
      else if (number === undefined) {
        counts.refused++;
        if (spelling === 'E.164') refused.push(`${phone.country} ${text}: refused`);
      } else {
        counts.wrong++;
        wrong.push(`${phone.country} ${spelling} ${text}: ${number}, not ${phone.e164}`);
      }
    }
  }
  return { table, wrong, refused };
}

/**
 * Random mobile and fixed numbers in use, at most `each` of a kind and country, made from the metadata's own patterns.
 * @param {number} each
 * @param {number} seed
 * @returns {Phone[]}
 */
export function randomPhones(each, seed) {
  /** @type {Phone[]} */
  const phones = [];
  for (const [country, plan] of Object.entries(metadata.countries)) {
    const callingCode = plan[0];
    // of a plan, the patterns of fixed lines and of mobiles
    for (const type of plan[11] ? [plan[11][0], plan[11][1]] : [[plan[2]]]) {
      if (!type?.[0]) continue;
      const pattern = fc.stringMatching(new RegExp(`^(?:${type[0]})$`));
      for (const digits of fc.sample(pattern, { numRuns: each, seed })) {
        const phone = parsePhoneNumberFromString(`+${callingCode}${digits}`, { extract: false });
        if (!phone?.isValid() || phone.number !== `+${callingCode}${digits}` || phone.country !== country)
          continue;
        phones.push({ country, callingCode, e164: phone.number, national: digits });
      }
    }
  }
  return phones;
}

// --- internal ---

/** @param {Phone} phone */
const parsed = ({ e164 }) =>
  /** @type {NonNullable<ReturnType<typeof parsePhoneNumberFromString>>} */ (
    parsePhoneNumberFromString(e164)
  );
/** @param {Phone} phone */
const national = (phone) => parsed(phone).formatNational();
/** @param {Phone} phone */
const international = (phone) => parsed(phone).formatInternational();
/** @param {Phone} phone */
const plain = (phone) => national(phone).replace(/[()]/g, '').trim();
/** @param {Phone} phone */
const withZero = (phone) => {
  const [, callingCode = '', rest = ''] = /^\+(\d+) (.*)$/.exec(international(phone)) ?? [];
  return `${callingCode} (0)${rest}`;
};
/** @param {Phone} phone */
const hasTrunkZero = ({ country }) => metadata.countries[country][5] === '0';
/** @param {string} text */
const fullWidth = (text) =>
  text.replace(/[+\d]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));

/** @param {string} country */
function prefixOf(country) {
  const [, pattern] = metadata.countries[country];
  const preferred = metadata.countries[country][12];
  if (typeof preferred === 'string' && /^\d+(?:~\d+)?$/.test(preferred)) return preferred.replace('~', '');
  return /^\d+$/.test(pattern) ? pattern : null;
}
