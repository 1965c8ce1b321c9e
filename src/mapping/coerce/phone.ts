import { mappingError } from '../mapping-error.ts';
import { CellFault, type Coerce, type Coerced } from './fault.ts';
import { dialingRulesOf, parsePhone } from './phone-metadata.ts';
import {
  isNumberInUse,
  type Readings,
  readAsForeign,
  readWithoutPlus,
  readWithPlus,
} from './phone-readings.ts';
import { readPhoneText } from './phone-text.ts';
import { fromText } from './text.ts';

const SCIENTIFIC = new CellFault(
  'ERR_PHONE',
  'is in scientific notation, so digits are lost. Format the column as a text and export it again.',
);
const EXTENSION = new CellFault(
  'ERR_PHONE',
  'has an extension, which LiveDesk cannot keep. Move it to another column.',
);
const SEVERAL = new CellFault(
  'ERR_PHONE',
  'holds more than one number: a second one, a range, or a fraction. Keep one, and move the others to a column of their own.',
);

/** What a mapping says of a field of phone numbers; `at` is where it says it. */
export interface PhoneReading {
  readonly country?: string;
  /** Whether a number without plus is refused where it could be one of another country as well. */
  readonly strict?: boolean;
}

/** A phone number in E.164, the only form the API takes (livedesk-api.md 5.4, trap 15). */
export function coercePhone({ country, strict = false }: PhoneReading, at: string | undefined): Coerce {
  const rules = country === undefined ? undefined : dialingRulesOf(country);
  if (country !== undefined && rules === undefined) {
    throw mappingError(
      at,
      `${JSON.stringify(country)} is not a country with phone numbers. Write the two letters of ISO 3166, as in US.`,
    );
  }
  const malformed = new CellFault(
    'ERR_PHONE',
    rules === undefined
      ? 'is not a phone number with "+" and country code. Write it like +14155552671, or set "country" in the mapping.'
      : `is not a phone number, neither of ${country} nor with "+" and country code.`,
  );
  return fromText((cell): Coerced => {
    if (/^\s*'?[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+\s*$/.test(cell)) return SCIENTIFIC;
    const text = readPhoneText(cell);
    if (text === undefined || text.digits === '') return malformed;
    if (text.hasShortEnd || text.beginnings.some((beginning) => isNumberInUse(beginning, rules)))
      return SEVERAL;
    let readings: Readings = [];
    if (text.hasPlus) readings = readWithPlus(text);
    else if (rules !== undefined) readings = readWithoutPlus(text, rules);
    const [number] = readings;
    const isForeignAsked = rules !== undefined && !text.hasPlus && (strict || number === undefined);
    const foreign = isForeignAsked ? readAsForeign(text) : undefined;
    const all = foreign === undefined || readings.includes(foreign) ? readings : [...readings, foreign];
    if (all.length > 1) return ambiguous(all);
    if (number === undefined) return foreign === undefined ? malformed : lacksPlus(foreign, country);
    return text.hasExtension ? EXTENSION : number;
  });
}

// --- internal ---

function ambiguous(numbers: Readings): CellFault {
  const named = numbers.map(beginningOf).join(' or ');
  return new CellFault('ERR_PHONE', `could be ${named}: write it with "+" and country code.`);
}

function lacksPlus(number: string, country: string | undefined): CellFault {
  return new CellFault(
    'ERR_PHONE',
    `is not a phone number of ${country}. If it is meant as ${beginningOf(number)}, write the "+".`,
  );
}

/** Enough of a number to tell it from another, not enough to call it: messages hold no value. */
function beginningOf(number: string): string {
  const callingCode = parsePhone(number)?.countryCallingCode ?? '';
  const rest = number.slice(1 + callingCode.length);
  return `+${callingCode} ${rest.slice(0, Math.min(4, Math.floor(rest.length / 2)))}…`;
}
