import { InexactNumber } from '../../core/types.ts';

/** Whether a JSON text may hold numbers that a double cannot hold; wrong only towards yes, and mostly right. */
export function mayBeInexact(text: string): boolean {
  return /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/.test(text);
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses a valid JSON text, keeping each number that a double cannot hold as it is written as an
 * {@link InexactNumber}. Slow: for texts that {@link mayBeInexact}.
 */
export function parseExactly(text: string): unknown {
  const sources: string[] = [];
  const prefix = unusedPrefix(text);
  const marked = text.replace(TOKEN, (token) => {
    if (token.startsWith('"') || isExact(token)) return token;
    sources.push(token);
    return `"${prefix}${sources.length - 1}"`;
  });
  if (sources.length === 0) return JSON.parse(text);
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(prefix)) return value;
    return new InexactNumber(sources[Number(value.slice(prefix.length))] ?? '');
  });
}

/** Text that no string of the JSON begins with, however it is escaped. */
function unusedPrefix(text: string): string {
  const plain = JSON.stringify(JSON.parse(text));
  let prefix = 'inexact:';
  while (plain.includes(prefix)) prefix = `${prefix}:`;
  return prefix;
}

/** Whether a double holds the decimal `source`: what JavaScript prints of it has the same digits and exponent. */
export function isExact(source: string): boolean {
  const value = Number(source);
  return Number.isFinite(value) && canonical(source) === canonical(String(value));
}

/** Sign, significant digits and power of ten, so that `1.50e3` and `1500` read the same. */
function canonical(decimal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
