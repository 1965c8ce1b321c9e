import { relative } from 'node:path';
import { spellOdd } from './invisible.ts';

/** A path as short as the user would type it from the working directory. */
export function shownPath(path: string): string {
  const short = relative('.', path);
  return short !== '' && !short.startsWith('..') ? short : path;
}

/**
 * A word as a shell takes it for one. Characters that are not seen, or look like a blank, are written out, which bash, zsh
 * and ksh read: such a word is seen as what it is, and steers no terminal.
 */
export function shellWord(word: string): string {
  const isOdd = spellOdd(word, () => '') !== word;
  if (isOdd) return `$'${spellOdd(word.replace(/[\\']/g, '\\$&'), bytesOf)}'`;
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// --- internal ---

/** A character as the bytes that it has in UTF-8, whatever the shell's locale. */
function bytesOf(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
