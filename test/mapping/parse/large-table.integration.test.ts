import { expect, test } from 'vitest';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { mappingText } from '../helpers.ts';

test('tables of tens of thousands are read in no time', () => {
  const values = Array.from({ length: 40_000 }, (_, index) => `k${index}: v`).join(', ');
  const began = performance.now();
  parseMapping(mappingText(`name: { column: a, values: { ${values} } }`), 'm.yaml');
  expect(performance.now() - began).toBeLessThan(5_000);
});
