import { expect, test } from 'vitest';
import { matchGlob } from '../../../src/mapping/compile/glob.ts';

test.each<[string, string, string | undefined]>([
  ['cf_*', 'cf_plan', 'plan'],
  ['*_cf', 'plan_cf', 'plan'],
  ['a*z', 'abz', 'b'],
  ['*', 'plan', 'plan'],
  ['cf_*', 'cf_', undefined],
  ['cf_*', 'CF_plan', undefined],
  ['aa*aa', 'aaa', undefined],
  ['*', '_row', undefined],
  ['_*', '_row', undefined],
  ['cf.*', 'cf_plan', undefined],
])('%s over %s gives %s', (glob, column, key) => {
  expect(matchGlob(glob, column)).toBe(key);
});
