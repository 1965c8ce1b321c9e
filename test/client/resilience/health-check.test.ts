import { expect, test } from 'vitest';
import { HealthCheck } from '../../../src/client/resilience/health-check.ts';
import type { Send } from '../../../src/client/resilience/send.ts';
import { KeyedQueue } from '../../../src/core/keyed-queue.ts';

/** Witnesses whose requests are kept open until `answer`. */
function witnessesOf(earlier: readonly number[]) {
  const asked: number[] = [];
  const lanes = new KeyedQueue();
  let answer = (): void => {};
  const send: Send = (request, { contactId, isWitness }) => {
    expect(request).toMatchObject({ method: 'PATCH', body: '{}' });
    expect(isWitness).toBe(true);
    asked.push(contactId);
    return new Promise((resolve) => {
      answer = () => resolve('cut');
    });
  };
  return { witnesses: new HealthCheck({ send, lanes, earlier }), asked, lanes, answer: () => answer() };
}

const NOBODY = new Set<number>();

test('the latest is asked first, and each time another one', () => {
  const { witnesses, asked } = witnessesOf([1, 2]);
  witnesses.remember(3);
  for (const _ of [1, 2, 3]) expect(witnesses.ask(NOBODY)).toBe(true);
  expect(asked).toEqual([3, 2, 1]);
});

test('no suspect is asked, and nobody of whom a row is under way', () => {
  const { witnesses, asked, lanes } = witnessesOf([1, 2, 3]);
  void lanes.add(3, () => new Promise(() => {}));
  witnesses.ask(new Set([2]));
  expect(asked).toEqual([1]);
});

test('nobody is asked where nobody is known or at rest', () => {
  expect(witnessesOf([]).witnesses.ask(NOBODY)).toBe(false);
  const { witnesses } = witnessesOf([1]);
  expect([witnesses.ask(NOBODY), witnesses.ask(NOBODY)]).toEqual([true, false]);
});

test('a row of the contact that is asked waits for the answer', async () => {
  const { witnesses, lanes, answer } = witnessesOf([1]);
  witnesses.ask(NOBODY);
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
  const { witnesses, asked } = witnessesOf(Array.from({ length: 1_000 }, (_one, i) => i));
  while (witnesses.ask(NOBODY));
  expect(asked).toHaveLength(16);
  expect(asked[0]).toBe(999);
});
