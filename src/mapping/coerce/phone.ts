import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/min';
import { mappingError } from '../mapping-error.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';
import { fromText } from './text.ts';

const SCIENTIFIC = new CellFault(
  'ERR_PHONE',
  'is in scientific notation, so digits are lost. Format the column as a text and export it again.',
);
const EXTENSION = new CellFault(
  'ERR_PHONE',
  'has an extension, which LiveDesk cannot keep. Move it to another column.',
);

/** A phone number in E.164, the only form the API takes (livedesk-api.md 5.4, trap 15). `at` is where `country` stands. */
export async function coercePhone(country: string | undefined, at: string | undefined): Promise<Coerce> {
  const defaultCountry = country === undefined ? undefined : await countryOf(country);
  if (country !== undefined && defaultCountry === undefined) {
    throw mappingError(
      at,
      `${JSON.stringify(country)} is not a country with phone numbers. Write the two letters of ISO 3166, as in US.`,
    );
  }
  const options = { extract: false, ...(defaultCountry && { defaultCountry }) };
  const malformed = new CellFault(
    'ERR_PHONE',
    defaultCountry === undefined
      ? 'is not a phone number with "+" and country code. Write it like +14155552671, or set "country" in the mapping.'
      : `is not a phone number, neither of ${defaultCountry} nor with "+" and country code.`,
  );
  return fromText((cell): Coerced => {
    let text = cell.trim();
    // spreadsheets write it to keep a cell a text
    if (text.startsWith("'")) text = text.slice(1);
    if (/^[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+$/.test(text)) return SCIENTIFIC;
    const phone = library().parsePhoneNumberFromString(text, options);
    if (phone === undefined || !phone.isPossible()) return malformed;
    if (phone.ext !== undefined) return EXTENSION;
    return /^\+[1-9]\d{1,14}$/.test(phone.number) ? phone.number : malformed;
  });
}

// --- internal ---

type Library = typeof import('libphonenumber-js/min');

const require = createRequire(import.meta.url);
let loaded: Library | undefined;

/** Loaded with the first number: it takes a tenth of a second, and where nothing has changed no number is read. */
function library(): Library {
  loaded ??= require('libphonenumber-js/min') as Library;
  return loaded;
}

async function countryOf(country: string): Promise<CountryCode | undefined> {
  const { default: metadata } = await import('libphonenumber-js/min/metadata');
  return Object.hasOwn(metadata.countries, country) ? (country as CountryCode) : undefined;
}
