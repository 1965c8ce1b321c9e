import { describe, expect, test } from 'vitest';
import { foldName, invisibleIn, quotedName, withoutInvisible } from '../../src/core/invisible.ts';

describe('invisible characters', () => {
  test.each([
    ['a zero-width space', 'a\u200bb', 'U+200B'],
    ['a joiner', 'a\u200d', 'U+200D'],
    ['a byte order mark', '\ufeffa', 'U+FEFF'],
    ['a soft hyphen', 'a\u00adb', 'U+00AD'],
    ['a direction mark', '\u202ea', 'U+202E'],
    ['a control', 'a\u0001', 'U+0001'],
    ['a control above ASCII', 'a\u0085', 'U+0085'],
    ['a Hangul filler', '\u3164', 'U+3164'],
    ['a variation selector', 'a\ufe0f', 'U+FE0F'],
    ['a tag', 'a\u{e0041}', 'U+E0041'],
    ['a braille blank', '\u2800', 'U+2800'],
    ['a line separator', 'a\u2028b', 'U+2028'],
  ])('%s is found, named and taken out', (_what, text, name) => {
    expect(invisibleIn(text)).toBe(name);
    expect(invisibleIn(withoutInvisible(text))).toBeUndefined();
    expect(quotedName(text)).toContain(`<${name}>`);
  });

  test.each(['Anna Müller', '北京', 'नमस्ते', '😀', "o'brien", ''])('%s has none', (text) => {
    expect(invisibleIn(text)).toBeUndefined();
    expect(withoutInvisible(text)).toBe(text);
    expect(quotedName(text)).toBe(JSON.stringify(text));
  });

  test('of a name that is as long as a file the beginning is shown, and no half character', () => {
    expect(quotedName('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
    expect(quotedName('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(200)}..."`);
    expect(quotedName(`${'x'.repeat(199)}😀y`)).toBe(`"${'x'.repeat(199)}..."`);
  });
});

test.each([
  ['First Name', 'First Name'],
  ['\ufeffFirst\u00a0Name\u200b ', 'First Name'],
  ['First\r\n  Name', 'First Name'],
  ['Ru\u0301a', 'Rúa'],
  ['\u200b', ''],
  ['_row', '_row'],
])('the column %j looks like %j', (name, look) => {
  expect(foldName(name)).toBe(look);
});
