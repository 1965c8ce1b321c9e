import { expect, test } from 'vitest';
import { HealthCheck } from '../../../src/client/resilience/health-check.ts';
import type { Send } from '../../../src/client/resilience/send.ts';
import { KeyedQueue } from '../../../src/core/keyed-queue.ts';

/** A health check whose requests are kept open until `answer`. */
function checkOf(earlier: readonly number[]) {
  const asked: number[] = [];
  const lanes = new KeyedQueue();
  let answer = (): void => {};
  const send: Send = (request, { contactId }) => {
    expect(request).toMatchObject({ method: 'PATCH', body: '{"custom_attributes":{}}' });
    asked.push(contactId);
    return new Promise((resolve) => {
      answer = () => resolve('cut');
    });
  };
  return { healthCheck: new HealthCheck({ send, lanes, earlier }), asked, lanes, answer: () => answer() };
}

test('the latest is asked first, and each time another one', () => {
  const { healthCheck, asked } = checkOf([1, 2]);
  healthCheck.remember(3);
  for (const _ of [1, 2, 3]) expect(healthCheck.ask()).toBe(true);
  expect(asked).toEqual([3, 2, 1]);
});

test('no contact is asked of which a row is under way', () => {
  const { healthCheck, asked, lanes } = checkOf([1, 2, 3]);
  void lanes.add(3, () => new Promise(() => {}));
  healthCheck.ask();
  expect(asked).toEqual([2]);
});

test('none is asked where none is known or at rest', () => {
  expect(checkOf([]).healthCheck.ask()).toBe(false);
  const { healthCheck } = checkOf([1]);
  expect([healthCheck.ask(), healthCheck.ask()]).toEqual([true, false]);
});

test('a row of the contact that is asked waits for the answer', async () => {
  const { healthCheck, lanes, answer } = checkOf([1]);
  healthCheck.ask();
  let isSent = false;
  const row = lanes.add(1, async () => {
    isSent = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isSent).toBe(false);
  answer();
  await row;
});

test('a few are enough', () => {
  const { healthCheck, asked } = checkOf(Array.from({ length: 1_000 }, (_one, i) => i));
  while (healthCheck.ask());
  expect(asked).toHaveLength(16);
  expect(asked[0]).toBe(999);
});
