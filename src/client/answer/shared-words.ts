/** Shorter words are in every text. */
const MIN_WORD = 4;
/** Scripts without spaces between words: there two characters are a name. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{2,}/gu;

/**
 * Whether a text has a word of more than three characters in common with a value, whatever its case, its accents and
 * the width of its letters; in scripts without spaces, a part of two characters or more.
 */
export function sharesWord(text: string, value: string): boolean {
  const [said, given] = [fold(text), fold(value)];
  const words = new Set(wordsOf(said));
  if (wordsOf(given).some((word) => words.has(word))) return true;
  return (given.match(UNSPACED) ?? []).some((part) => said.includes(part));
}

// --- internal ---

/** Letters that no normal form takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

function wordsOf(folded: string): string[] {
  return (folded.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => [...word].length >= MIN_WORD);
}

function fold(text: string): string {
  return text
    .replace(/&([a-z])(?:uml|acute|grave|circ|tilde|cedil|ring|slash|caron|lig);/gi, '$1')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðłþı]/g, (letter) => LETTERS[letter] ?? letter);
}
