import { expect, test } from 'vitest';
import { RequestLines } from '../../src/emulator/request-lines.ts';
import { fieldsIn } from '../../src/emulator/request-summary.ts';

const seen = { method: 'PATCH', contactId: 7, fields: ['email'], status: 200, durationMs: 12.4 };

test('tells each request while there are few', () => {
  const lines: string[] = [];
  const teller = new RequestLines((line) => lines.push(line));
  teller.add(seen, 1000);
  teller.add({ ...seen, contactId: null, method: 'GET', fields: [], status: 0 }, 1100);
  expect(lines).toEqual(['PATCH 7 email -> 200 12 ms', 'GET contacts -> dropped 12 ms']);
});

test('tells one line a second once there are many, and every request again when it is calm', () => {
  const lines: string[] = [];
  const teller = new RequestLines((line) => lines.push(line));
  for (let n = 0; n < 30; n += 1) teller.add(seen, 1000);
  for (let n = 0; n < 50; n += 1) teller.add({ ...seen, status: n < 10 ? 429 : 200 }, 2500);
  teller.tick(3000);
  teller.add(seen, 5000);
  expect(lines.slice(20)).toEqual([
    '10 more requests: 200 x10; slowest 12 ms',
    '50 requests: 200 x40, 429 x10; slowest 12 ms',
    'PATCH 7 email -> 200 12 ms',
  ]);
});

test('tells names of fields, never values, and nothing that moves the cursor', () => {
  const body = JSON.stringify({ email: 'ada@example.com', custom_attributes: { 'a\u001b[2J': 'x' } });
  const lines: string[] = [];
  new RequestLines((line) => lines.push(line)).add({ ...seen, fields: fieldsIn(body) }, 0);
  expect(lines).toEqual(['PATCH 7 email,custom_attributes.a?[2J -> 200 12 ms']);
  expect(fieldsIn('{"cut off')).toEqual([]);
  expect(fieldsIn('[1]')).toEqual([]);
});
