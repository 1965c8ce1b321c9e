import { expect, test } from 'vitest';
import { readOnce } from '../../src/input/read-once.ts';

test('an input has one reader: a second one would take it for empty', async () => {
  const rows = readOnce('contacts.csv', async function* () {
    yield [1];
  });
  const read: number[][] = [];
  for await (const batch of rows()) read.push(batch);
  expect(read).toEqual([[1]]);
  expect(() => rows()).toThrow('the rows of "contacts.csv" were already read: open the input again');
});
