import { codePoint, quotedName } from './invisible.ts';

/** The candidate that was probably meant, or undefined: the same letters first, then the fewest typing errors. */
export function nearMiss(word: string, candidates: Iterable<string>): string | undefined {
  const bare = letters(word);
  if (bare === '') return undefined;
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(bare.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = letters(candidate);
    if (other !== '' && other === bare) return candidate;
    const errors = typingErrors(bare, other, fewest);
    if (errors < fewest) {
      fewest = errors;
      best = candidate;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing: to be put behind a sentence. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = nearMiss(word, candidates);
  if (near === undefined) return '';
  const alike = lookAlikes(near, word);
  const ofWord = [...lookAlikes(word, near)].map(codePoint);
  const without = alike.size === 0 && ofWord.length > 0 ? `, without ${ofWord.join(', ')}` : '';
  const spelled = [...near.normalize('NFC')].map((char) => (alike.has(char) ? `<${codePoint(char)}>` : char));
  return ` Did you mean ${quotedName(alike.size === 0 ? near : spelled.join(''))}${without}?`;
}

// --- internal ---

/**
 * Characters of a name that make the only difference from another one and may not be seen to: letters of other scripts,
 * dashes, full-width forms and the like, where the other name has a character of ASCII.
 */
function lookAlikes(name: string, other: string): ReadonlySet<string> {
  const [chars, others] = [[...name.normalize('NFC')], [...other.normalize('NFC')]];
  const found = new Set<string>();
  if (chars.length !== others.length) return found;
  for (const [i, char] of chars.entries()) {
    const beside = others[i] ?? '';
    if (char === beside || !/^[\x20-\x7e]$/.test(beside)) continue;
    const isSeen = /\p{Script=Latin}/u.test(char) && char.normalize('NFKC') === char;
    if (!/^[\x20-\x7e]$/.test(char) && !isSeen) found.add(char);
  }
  return found;
}

const letters = (word: string) =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}*]/gu, '');

/** Letters to insert, drop, change or swap with a neighbour; `limit` when it takes that many or more. */
function typingErrors(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const line = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(above, j) + 1, at(line, j - 1) + 1, at(above, j - 1) + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(before, j - 2) + 1);
      }
      line.push(cost);
    }
    before = above;
    above = line;
  }
  return Math.min(limit, at(above, b.length));
}

const at = (line: readonly number[], index: number) => line[index] ?? Number.POSITIVE_INFINITY;
