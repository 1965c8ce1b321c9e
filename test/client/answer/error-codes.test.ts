import { expect, test } from 'vitest';
import { type CodeMeaning, meaningOf } from '../../../src/client/answer/error-codes.ts';

test.each<[meaning: CodeMeaning, codes: readonly number[]]>([
  ['unauthorized', [2001, 2002, 100101, 401]],
  ['forbidden', [2004, 23009, 403]],
  ['throttled', [3004, 23008, 429]],
  ['validation', [3001, 3002, 3003, 100301, 400, 422]],
  ['not_found', [4001, 100201, 404]],
  ['conflict', [100202, 100203, 100303, 409]],
  ['transient', [1000, 0, -1, 500, 99999]],
])('%s', (meaning, codes) => {
  expect(codes.map((code) => meaningOf(String(code)))).toEqual(codes.map(() => meaning));
});

test('a name that every object has is no code', () => {
  expect(['constructor', '__proto__', 'toString'].map(meaningOf)).toEqual(Array(3).fill('transient'));
});
