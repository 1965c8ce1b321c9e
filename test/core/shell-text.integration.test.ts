import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/core/shell-text.ts';
import { nasty, STEERS } from './steering-text.ts';

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
