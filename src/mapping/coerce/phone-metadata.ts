import { createRequire } from 'node:module';
import type { CountryCode, MetadataJson, PhoneNumber } from 'libphonenumber-js/core';

export type { CountryCode, PhoneNumber } from 'libphonenumber-js/core';

/** How numbers of a country are written and dialled. */
export interface DialingRules {
  readonly country: CountryCode;
  readonly callingCode: string;
  /** What is dialled before a foreign number, at the start of the digits. */
  readonly internationalPrefix: RegExp | undefined;
  /** Whether the trunk prefix is the zero that some write in brackets. */
  readonly hasTrunkZero: boolean;
  /** Whether it shares its calling code with a larger country, so that its shortest numbers are its own alone. */
  readonly isMinor: boolean;
}

/** The number behind a text with plus, or one of the country; undefined where it is none at all. */
export function parsePhone(text: string, defaultCountry?: CountryCode): PhoneNumber | undefined {
  const options = { extract: false, ...(defaultCountry && { defaultCountry }) };
  return library().parsePhoneNumberFromString(text, options, metadata());
}

/** The rules of an ISO 3166 country; undefined for what is no country with phone numbers. */
export function dialingRulesOf(country: string): DialingRules | undefined {
  const { countries, country_calling_codes: callingCodes } = metadata() as unknown as Tables;
  const entry = Object.hasOwn(countries, country) ? countries[country as CountryCode] : undefined;
  if (entry === undefined) return undefined;
  const [callingCode, prefix] = entry;
  return {
    country: country as CountryCode,
    callingCode,
    internationalPrefix: typeof prefix === 'string' ? new RegExp(`^(?:${prefix})`) : undefined,
    hasTrunkZero: entry[TRUNK_PREFIX] === '0',
    isMinor: callingCodes[callingCode]?.[0] !== country,
  };
}

// --- internal ---

type Library = typeof import('libphonenumber-js/core');

/** Of a country's entry, the place of its trunk prefix; the first two are calling code and international prefix. */
const TRUNK_PREFIX = 5;
interface Tables {
  readonly countries: Partial<
    Record<CountryCode, readonly [callingCode: string, prefix: unknown, ...unknown[]]>
  >;
  readonly country_calling_codes: Readonly<Record<string, readonly CountryCode[]>>;
}

const require = createRequire(import.meta.url);
let loadedLibrary: Library | undefined;
let loadedMetadata: MetadataJson | undefined;

/** Loaded with the first number: where nothing has changed no number is read. */
function library(): Library {
  loadedLibrary ??= require('libphonenumber-js/core') as Library;
  return loadedLibrary;
}

/** The full rules: the smaller sets know the lengths of numbers, but not which ones are in use. */
function metadata(): MetadataJson {
  loadedMetadata ??= require('libphonenumber-js/max/metadata') as MetadataJson;
  return loadedMetadata;
}
