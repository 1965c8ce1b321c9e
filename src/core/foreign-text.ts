import { stripVTControlCharacters } from 'node:util';

/** Longer foreign text is cut: whoever wrote it decides its length. */
const MAX_LENGTH = 16 * 1024;
/** Marks that nobody sees: they turn the direction of what stands around them, hide words, or are joined to letters. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Control characters, C1 among them, and line breaks of every kind. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Half a character. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Makes text from outside safe to print: what the API says, who holds a lock, what Redis answers. Escape sequences,
 * control characters and line breaks become a space, unseen marks go. Every such text passes here where it comes in, so
 * that no terminal, log, journal, report or metric can be steered by it.
 */
export function foreignText(text: string): string {
  return stripVTControlCharacters(text.slice(0, MAX_LENGTH).replace(UNSEEN, ''))
    .replace(CONTROL, ' ')
    .replace(LONE_SURROGATE, '\uFFFD')
    .trim();
}
