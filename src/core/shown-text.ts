import type { Writable } from 'node:stream';
import { codePoint } from './invisible.ts';

/** What steers a terminal or turns the direction of a line: controls but tab and line feed, bidi marks, separators. */
const STEERING = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
/** A backslash and what it stands before in JSON: a control character, or, with nothing caught, anything else. */
const JSON_ESCAPE = /\\(?:([bfr])|u([0-9a-f]{4})|.)/g;

/**
 * Writes out every character of a text that would steer a terminal, as in `<U+001B>`. Such characters come with names of
 * files and values of options, which the user, or the person who made the file, has chosen.
 */
export function shownText(text: string): string {
  return text.replace(STEERING, (char) => `<${codePoint(char)}>`);
}

/** The same of a line of JSON: what is read from its strings may be shown, too. */
export function shownJson(line: string): string {
  return shownText(line).replace(JSON_ESCAPE, (written, named?: string, coded?: string) => {
    if (named === undefined && coded === undefined) return written;
    const char = named === undefined ? String.fromCharCode(Number(`0x${coded}`)) : JSON.parse(`"${written}"`);
    return shownText(char) === char ? written : shownText(char);
  });
}

/** Writes a text for people to stdout or stderr. */
export function printText(stream: Pick<Writable, 'write'>, text: string): void {
  stream.write(shownText(text));
}

/** Writes a value as one line of JSON to stdout or stderr; programs read the same value from it. */
export function printJson(stream: Pick<Writable, 'write'>, value: unknown): void {
  const line = JSON.stringify(value).replace(
    STEERING,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  stream.write(`${line}\n`);
}
