import { expect, test } from 'vitest';
import { didYouMean, nearMiss } from '../../src/core/did-you-mean.ts';

test.each<[string, string[], string | undefined]>([
  ['emial', ['email', 'name'], 'email'],
  ['E-Mail', ['Name', 'e_mail '], 'e_mail '],
  ['Phone', ['phone_number', 'name'], undefined],
  ['vip_levle', ['vip_level', 'vip_label'], 'vip_level'],
  ['名前', ['名前 ', 'email'], '名前 '],
  ['x', [], undefined],
  ['xyz', ['abc'], undefined],
])('%s among %j is %s', (word, candidates, near) => {
  expect(nearMiss(word, candidates)).toBe(near);
});

test.each<[what: string, word: string, candidates: string[], said: string]>([
  ['a letter of Cyrillic', 'E-mail', ['Name', 'E-m\u0430il'], ' Did you mean "E-m<U+0430>il"?'],
  ['the other way', 'E-m\u0430il', ['Name', 'E-mail'], ' Did you mean "E-mail", without U+0430?'],
  ['another dash', 'E-mail', ['E\u2011mail'], ' Did you mean "E<U+2011>mail"?'],
  ['full-width letters', 'id', ['\uFF49d'], ' Did you mean "<U+FF49>d"?'],
  ['an umlaut is seen', 'Grosse', ['Gr\u00F6sse'], ' Did you mean "Gr\u00F6sse"?'],
  [
    'so are names of another script',
    '\u0418\u043C\u044F',
    ['\u0418\u043C\u0438'],
    ' Did you mean "\u0418\u043C\u0438"?',
  ],
  ['and names that differ in ASCII', 'emial', ['email'], ' Did you mean "email"?'],
])('look-alikes are written out: %s', (_what, word, candidates, said) => {
  expect(didYouMean(word, candidates)).toBe(said);
});
