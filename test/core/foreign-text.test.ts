import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foreignText } from '../../src/core/foreign-text.ts';

test.each([
  ['plain text', 'Email has already been taken', 'Email has already been taken'],
  ['letters of every script', 'Größe 山田 Ελλάδα 👋🏽', 'Größe 山田 Ελλάδα 👋🏽'],
  [
    'colours and titles of a terminal',
    '\u001B]0;OWNED\u0007\u001B[2J\u001B[32mSync complete\u001B[0m',
    'Sync complete',
  ],
  ['a bare escape', 'a\u001Bb', 'a b'],
  ['C1 controls', 'a\u009B31m\u0085b', 'a b'],
  ['line breaks of every kind', 'a\r\nb\u2028c\u2029d\ve', 'a b c d e'],
  ['turned direction', 'a\u202Egpj.exe\u202C \u2066x\u2069\u200F\u061C', 'agpj.exe x'],
  ['unseen characters', 'a\u200Bb\u200D\u2060c\uFEFF\u00ADd\u3164e\u{E0041}', 'abcde'],
  ['an escape sequence hidden behind unseen characters', '\u001B\u200B[2Jx', 'x'],
  ['half a character', 'a\uD800b', 'a\uFFFDb'],
])('%s', (_what, text, safe) => {
  expect(foreignText(text)).toBe(safe);
});

test('law: no text steers a terminal or hides in a line, and what is safe stays as it is', () => {
  const nasty = fc.constantFrom(
    '\u001B[',
    '\u009B',
    '\u202E',
    '\u200B',
    '\n',
    '\u0007',
    ']8;;',
    '\u{E0001}',
    'a',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 20 }), (parts) => {
      const safe = foreignText(parts.join(''));
      expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\p{Default_Ignorable_Code_Point}/u);
      expect(foreignText(safe)).toBe(safe);
    }),
  );
});

test('is bounded, however much comes', () => {
  expect(foreignText('x'.repeat(1_000_000)).length).toBeLessThan(20_000);
});
