import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/core/shell-text.ts';

const STEERS = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001B[',
        '\u009B',
        '\u202E',
        '\u2066',
        '\u2028',
        '\r',
        '\b',
        '\u007F',
        '\\',
        '\\u001b',
      ),
      fc.constantFrom("'", '"', '\n', '\t', ' ', '\u00A0', '\u200B', '0', 'f', '$(x)', 'ä', '漢', '👨‍👩‍👧'),
    ),
  )
  .map((parts) => parts.join(''));

test('law: a shell reads the word that was meant, and what is printed of it steers nothing', () => {
  fc.assert(
    fc.property(nasty, (word) => {
      const printed = shellWord(word);
      expect(printed.replaceAll('\n', '')).not.toMatch(STEERS);
      const read = execFileSync('bash', ['--norc', '-c', `printf %s ${printed}`], { env: { LC_ALL: 'C' } });
      expect(read.toString()).toBe(word);
    }),
    { numRuns: 60 },
  );
});
