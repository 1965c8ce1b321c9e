import { expect, test } from 'vitest';
import { findTooDeep } from '../../../src/mapping/parse/depth.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { mappingText, thrownBy } from '../helpers.ts';

test.each<[text: string, found: number | undefined]>([
  ['[]'.repeat(300), undefined],
  ['['.repeat(200), undefined],
  ['['.repeat(201), 200],
  ['{a: '.repeat(201), 800],
  ['}'.repeat(300) + '['.repeat(201), 500],
  [`a:\n${'- '.repeat(50)}x`, 3],
  ['? '.repeat(50), 0],
  ['----------------------------------------------------------------', undefined],
])('case %#', (text, found) => {
  expect(findTooDeep(text)).toBe(found);
});

test('is said with its place', () => {
  const deep = mappingText(`custom_attributes.a: { value: ${'['.repeat(500_000)} }`);
  expect(thrownBy(() => parseMapping(deep, 'm.yaml')).message).toBe(
    'm.yaml:5:232: this is nested too deeply to be read. Write it flat.',
  );
});
