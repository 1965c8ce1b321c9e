/** What an export writes where it has no value, or none that it could carry, as programs and languages spell it. */
const MARKERS: ReadonlySet<string> = new Set([
  // spreadsheets, in English and in the languages that translate their errors
  ...'#N/A #NA #NV #NULL! #REF! #VALUE! #VALUE #NAME? #NUM! #DIV/0! #SPILL! #CALC! #ERROR!'.split(' '),
  ...'#FIELD! #BLOCKED! #CONNECT! #UNKNOWN! #BUSY! #EXTERNAL! #GETTING_DATA ########'.split(' '),
  ...'#BEZUG! #WERT! #ZAHL! #ÜBERLAUF! #KALK!'.split(' '),
  ...'#VALEUR! #NOM? #NOMBRE! #NUL! #EPARS! #CALCUL!'.split(' '),
  ...'#N/D #VALOR! #¡REF! #¡VALOR! #¿NOMBRE? #¡NUM! #¡NULO! #¡DIV/0! #NOME? #NÚM! #NULO!'.split(' '),
  ...'#RIF! #VALORE! #NULLO!'.split(' '),
  ...'#N/B #VERW! #WAARDE! #NAAM? #GETAL! #DEEL/0! #LEEG!'.split(' '),
  ...'#N/D! #ADR! #ARG! #LICZBA! #NAZWA? #DZIEL/0! #ZERO!'.split(' '),
  ...'#Н/Д #ССЫЛКА! #ЗНАЧ! #ИМЯ? #ЧИСЛО! #ДЕЛ/0! #ПУСТО!'.split(' '),
  '#N/A N/A',
  ...'(blank) (leer) (Leer) (vide) (vuoto)'.split(' '),
  '(en blanco)',
  // programs and databases
  ...'NULL Null null (null) <null> [null] (NULL) <NULL> [NULL] NIL nil <nil> \\N'.split(' '),
  ...'None none NONE (none) <none> undefined'.split(' '),
  ...['[object Object]', '[object Undefined]'],
  ...'nan NaN NAN -nan -NaN NaT <NA> NA N/A n/a n.a. N.A. 1.#QNAN -1.#IND'.split(' '),
  ...'inf Inf INF -inf -Inf -INF Infinity infinity -Infinity -infinity 1.#INF -1.#INF'.split(' '),
  // days that no calendar has
  ...['Invalid date', 'Invalid Date', 'invalid date', '0000-00-00', '0000-00-00 00:00:00', '00/00/0000'],
  ...['1900-01-00', '00/01/1900', '1/0/1900'],
  ...'- -- --- —'.split(' '),
]);
const LONGEST = Math.max(...[...MARKERS].map((marker) => marker.length));
/** Their first characters: most cells have another, and need not be looked up. */
const FIRST: ReadonlySet<number> = new Set([...MARKERS].map((marker) => marker.charCodeAt(0)));
/** A field that a mail merge or a template left as it was. */
const UNFILLED = /^(?:\{\{[^{}]+\}\}|\$\{[^{}]+\}|\*\|[^|]+\|\*)$/;
/** Their first characters. */
const FIRST_UNFILLED: ReadonlySet<number> = new Set(Array.from('{$*', (char) => char.charCodeAt(0)));

/**
 * Whether a cell cannot be any of what is looked for below, nor empty: it begins with something to see, is no marker, holds
 * ASCII alone and no `E`. Most cells are, and each is looked at, so this is made to be quick.
 */
export function isOrdinary(cell: string): boolean {
  const first = cell.charCodeAt(0);
  if (!(first > SPACE) || FIRST_UNFILLED.has(first)) return false;
  if (FIRST.has(first) && (!(cell.charCodeAt(cell.length - 1) > SPACE) || isMarker(cell))) return false;
  for (let at = 0; at < cell.length; at += 1) {
    const code = cell.charCodeAt(at);
    if (code === CAPITAL_E || code > LAST_ASCII) return false;
  }
  return true;
}

/** Whether the text of a cell is one of those that mostly stand for no value. */
export function isNoValue(text: string): boolean {
  const first = text.charCodeAt(0);
  return (FIRST.has(first) && isMarker(text)) || (FIRST_UNFILLED.has(first) && isUnfilled(text));
}

/** Whether the text of a cell is a field that a mail merge or a template left as it was, as `{{first_name}}` is. */
export function isUnfilled(text: string): boolean {
  return UNFILLED.test(text);
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

const isMarker = (text: string) => text.length <= LONGEST && MARKERS.has(text);

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
