/** Format and filler characters, separators of lines and paragraphs, and all that Unicode leaves out of a drawn text. */
const BLANK = String.raw`\p{Zl}\p{Zp}\p{DI}\u061c\u2800\ufff9-\ufffb`;
/** Characters that a screen does not show: controls, too. */
const INVISIBLE = String.raw`[\p{Cc}${BLANK}]`;
const NOTHING = new RegExp(String.raw`^[\s${BLANK}]*$`, 'u');
const FIRST = new RegExp(INVISIBLE, 'u');
const EACH = new RegExp(INVISIBLE, 'gu');
const PLAIN = /^[\x20-\x7e]*$/;
/** Characters of a name that are shown. */
const MAX_NAME = 200;
/** The first half of a character of two. */
const HALF = /[\ud800-\udbff]$/;

/** Names the first invisible character of a text, as in `U+200B`; undefined where there is none. */
export function invisibleIn(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined;
  const found = FIRST.exec(text)?.[0];
  return found === undefined ? undefined : codePoint(found);
}

/** Whether a text shows nothing: white space and fillers alone. A control character is damage, which is something. */
export function showsNothing(text: string): boolean {
  return NOTHING.test(text);
}

/** The text without its invisible characters. */
export function withoutInvisible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(EACH, '');
}

/**
 * The name of a column as it looks: composed letters, one blank where white space of any kind stands, no invisible
 * characters. Names that look alike are then equal.
 */
export function foldName(name: string): string {
  if (PLAIN.test(name) && !name.includes('  ')) return name.trim();
  return withoutInvisible(name.normalize('NFC').replace(/[^\S\ufeff]+/gu, ' ')).trim();
}

/**
 * A name in quotes for a message, with every invisible or odd blank character written out, as in `"email<U+200B>"`. Of one that
 * is no name by its length the beginning is shown.
 */
export function quotedName(name: string): string {
  const shown = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME).replace(HALF, '')}...` : name;
  return JSON.stringify(spellOdd(shown, (char) => `<${codePoint(char)}>`));
}

/** The text with every invisible or odd blank character as `spell` has it. */
export function spellOdd(text: string, spell: (char: string) => string): string {
  return PLAIN.test(text) ? text : text.replace(ODD, spell);
}

/** The number of a character as Unicode writes it, as in `U+200B`. */
export function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

// --- internal ---

/** Invisible characters, and blanks that look like the common one. */
const ODD = new RegExp(String.raw`${INVISIBLE}|(?! )\p{Zs}`, 'gu');
