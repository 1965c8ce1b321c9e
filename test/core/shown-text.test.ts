import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunError } from '../../src/core/errors.ts';
import { printJson, shownJson, shownText } from '../../src/core/shown-text.ts';
import { nasty, STEERS } from './steering-text.ts';

test('what steers a terminal is written out, all else stays', () => {
  expect(shownText('c\u001B]0;pwn\u0007\u202Ex\u009B\r.csv\n\tä 👨‍👩‍👧')).toBe(
    'c<U+001B>]0;pwn<U+0007><U+202E>x<U+009B><U+000D>.csv\n\tä 👨‍👩‍👧',
  );
  expect(new RunError('ERR_X', 'no\u001B[2J.yaml cannot be read').message).toBe(
    'no<U+001B>[2J.yaml cannot be read',
  );
});

test('law: no line of JSON steers a terminal, a log not even once it is read', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      let printed = '';
      const write = (chunk: unknown): boolean => {
        printed += chunk;
        return true;
      };
      printJson({ write }, { text });
      expect(printed.trimEnd()).not.toMatch(STEERS);
      expect(JSON.parse(printed)).toEqual({ text });
      expect(JSON.parse(shownJson(JSON.stringify({ text })))).toEqual({ text: shownText(text) });
    }),
  );
});
