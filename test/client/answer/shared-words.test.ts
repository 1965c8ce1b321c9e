import { expect, test } from 'vitest';
import { sharesWord } from '../../../src/client/answer/shared-words.ts';

test.each([
  ['a word', 'Müller is taken', 'Anna Müller', true],
  ['another case', 'MÜLLER is taken', 'Anna Müller', true],
  ['no accents', 'Muller is taken', 'Müller', true],
  ['accents in parts', 'Mu\u0308ller is taken', 'Müller', true],
  ['other letters for it', 'STRASSE 5', 'Straße', true],
  ['HTML entities', 'M&uuml;ller is taken', 'Müller', true],
  ['wide letters', 'Ｍüller', 'Müller', true],
  ['a part of an address', 'example already exists', 'anna@example.com', true],
  ['a number', 'contact 318763 is gone', '318763', true],
  ['a name in a script without spaces', '山田太郎は既に使用されています', '山田', true],
  ['three letters', 'the day is over', 'the', false],
  ['a part of a word', 'latest', 'test', false],
  ['one sign of such a script', '山は既に', '山', false],
  ['nothing', 'Email has already been taken', 'Anna Müller', false],
  ['nothing at all', '', '', false],
])('%s: %j and %j', (_what, text, value, shares) => {
  expect(sharesWord(text, value)).toBe(shares);
});
