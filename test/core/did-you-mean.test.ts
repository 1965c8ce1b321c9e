import { expect, test } from 'vitest';
import { nearMiss } from '../../src/core/did-you-mean.ts';

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
