/** What an export writes where it has no value, or none that it could carry, as programs and languages spell it. */
const MARKERS: ReadonlySet<string> = new Set([
  ...['#N/A', '#N/A N/A', '#NA', '#NV', '#N/D', '#NULL!', '#REF!', '#VALUE!', '#NAME?', '#NUM!', '#DIV/0!'],
  ...[
    '#BEZUG!',
    '#WERT!',
    '#ZAHL!',
    '#VALEUR!',
    '#NOM?',
    '#VALOR!',
    '#¡REF!',
    '#¡VALOR!',
    '#¿NOMBRE?',
    '#SPILL!',
  ],
  ...[
    'NULL',
    'Null',
    'null',
    '(null)',
    '<null>',
    '[null]',
    '(NULL)',
    '<NULL>',
    '[NULL]',
    'NIL',
    'nil',
    '\\N',
  ],
  ...[
    'nan',
    'NaN',
    'NAN',
    '-nan',
    '-NaN',
    '<NA>',
    'NA',
    'N/A',
    'n/a',
    'n.a.',
    'N.A.',
    '#VALUE',
    '1.#QNAN',
    '-1.#IND',
  ],
  ...['None', 'undefined', '[object Object]', '[object Undefined]', '-', '--', '---', '—', '########'],
]);
const LONGEST = Math.max(...[...MARKERS].map((marker) => marker.length));
/** Their first characters: most cells have another, and need not be looked up. */
const FIRST: ReadonlySet<number> = new Set([...MARKERS].map((marker) => marker.charCodeAt(0)));

/**
 * Whether a cell cannot be any of what is looked for below, nor empty: it begins with a letter or a digit that no marker
 * begins with, holds ASCII alone and no `E`. Most cells are, and each is looked at, so this is made to be quick.
 */
export function isOrdinary(cell: string): boolean {
  const first = cell.charCodeAt(0);
  if (!(first > SPACE) || FIRST.has(first)) return false;
  for (let at = 0; at < cell.length; at += 1) {
    const code = cell.charCodeAt(at);
    if (code === CAPITAL_E || code > LAST_ASCII) return false;
  }
  return true;
}

/** Whether the text of a cell is one of those that mostly stand for no value. */
export function isNoValue(text: string): boolean {
  return text.length <= LONGEST && FIRST.has(text.charCodeAt(0)) && MARKERS.has(text);
}

/**
 * Whether a text is UTF-8 that was once read as Latin-1 or windows-1252, as `JÃ¶rg` is: the two characters of each letter
 * follow each other as the two bytes do. Letters that no language puts before such a sign are looked for alone, since `É…`
 * is a good end of a sentence.
 */
export function isMojibake(text: string): boolean {
  return MOJIBAKE.test(text);
}

/** Whether a text is a number that a spreadsheet has rounded, as `1.23457E+12` is. */
export function isRounded(text: string): boolean {
  return ROUNDED.test(text);
}

// --- internal ---

const SPACE = 0x20;
const CAPITAL_E = 0x45;
const LAST_ASCII = 0x7f;

/** What windows-1252 makes of the bytes 0x80 to 0xBF, by which letters above ASCII go on in UTF-8. */
const LATER =
  '[\\x80-\\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]';
const MOJIBAKE = new RegExp(
  `[\\xc2-\\xc5\\xce-\\xd1]${LATER}|[\\xe1-\\xef]${LATER}{2}|\\xf0${LATER}{3}|[\\x80-\\x9f]`,
);
const ROUNDED = /^-?\d[.,]\d+E[+-]?\d+$/;
