import { describe, expect, test } from 'vitest';
import type { NamedValue } from '../../../src/client/answer/redact.ts';
import { WITHHELD } from '../../../src/client/answer/redact.ts';
import type { Delivered, Outcome, Patch } from '../../../src/core/types.ts';
import {
  type Answering,
  answer,
  applied,
  PAGE,
  patchOf,
  RESET,
  scriptedSending,
} from '../scripted-sending.ts';

const PATH = '/api/v2/accounts/contacts/7';
const TAKEN = { message: 'Email anna@example.com has already been taken', attributes: ['email'] };

/** Delivers one patch to its end, however long it takes. */
async function delivered(answering: Answering, patch: Patch = patchOf(7), values: NamedValue[] = []) {
  const sending = scriptedSending(answering, { listing: () => PAGE });
  let end: Delivered | undefined;
  void sending
    .deliver(patch, () => values)
    .then((one) => {
      end = one;
    });
  await sending.clock.until(() => end !== undefined);
  return { ...sending, end: end as Delivered };
}

/** Replies in order, the last one for ever. */
function inOrder(...replies: readonly ReturnType<Answering>[]): Answering {
  return ({ n }) => replies[Math.min(n, replies.length) - 1] ?? RESET;
}

test('one request, and the outcome says so', async () => {
  const { end, requests } = await delivered(applied);
  expect(requests).toMatchObject([{ method: 'PATCH', path: PATH, body: '{"name":"Anna"}' }]);
  expect(end).toEqual({
    status: 'updated',
    contactId: 7,
    httpStatus: 200,
    attempts: 1,
    durationMs: 0,
    fields: ['name'],
  });
});

test('an empty 204 is an update', async () => {
  const { end } = await delivered(() => answer(204));
  expect(end).toMatchObject({ status: 'updated', httpStatus: 204 });
});

describe('refused for good', () => {
  test('with what the API said, free of the values of the row', async () => {
    const patch = patchOf(7, { body: { email: 'anna@example.com' }, fields: ['email'] });
    const { end, requests } = await delivered(() => answer(422, TAKEN), patch, [
      ['email', 'anna@example.com'],
    ]);
    expect(requests).toHaveLength(1);
    expect(end).toMatchObject({
      status: 'rejected',
      httpStatus: 422,
      error: {
        code: 'ERR_VALIDATION',
        message: `the API refused a value: email; ${WITHHELD}`,
        field: 'email',
        api: { status: 422, attributes: ['email'], text: WITHHELD },
      },
    });
    expect(JSON.stringify(end)).not.toContain('anna');
  });

  test('a stored record that is broken is told apart', async () => {
    const { end } = await delivered(() => answer(422, TAKEN));
    expect(end).toMatchObject({ status: 'rejected', error: { code: 'ERR_STORED_RECORD' } });
    expect((end as Outcome).error).not.toHaveProperty('field');
  });

  test('a rejection after a retry tells how many requests there were', async () => {
    const { end } = await delivered(inOrder(answer(500), answer(404, { error: 'none' })));
    expect(end).toMatchObject({
      attempts: 2,
      error: { message: expect.stringMatching(/never there \(2 requests\): none$/) },
    });
  });
});

describe('passing failures', () => {
  test('are tried again, six attempts in all, with growing waits', async () => {
    const sending = scriptedSending(() => RESET, { listing: () => PAGE });
    sending.clock.chance = 0.999;
    let end: Delivered | undefined;
    void sending
      .deliver(patchOf(7), () => [])
      .then((one) => {
        end = one;
      });
    await sending.clock.until(() => end !== undefined);
    const writes = sending.requests.filter(({ method }) => method === 'PATCH');
    const gaps = writes.slice(1).map(({ at }, i) => at - (writes[i]?.at ?? 0));
    expect(gaps).toEqual([500, 999, 1998, 3996, 7992]);
    expect(end).toEqual({
      status: 'failed',
      contactId: 7,
      attempts: 6,
      durationMs: 15_485,
      error: {
        code: 'ERR_NETWORK',
        message: 'the API could not be reached (6 requests): ECONNRESET',
        api: { status: 0, code: 'ECONNRESET' },
      },
    });
    expect(sending.told).toEqual(Array(5).fill('retry'));
  });

  test.each([
    ['ETIMEDOUT', { kind: 'fault', code: 'ETIMEDOUT' } as const, 'ERR_TIMEOUT'],
    ['500', answer(500), 'ERR_SERVER'],
    ['408', answer(408), 'ERR_TRANSIENT'],
  ])('%s fails in the end', async (_what, reply, code) => {
    const { end } = await delivered(() => reply);
    expect(end).toMatchObject({ status: 'failed', attempts: 6, error: { code } });
  });

  test('and an update in the end is an update', async () => {
    const { end } = await delivered(({ n, ...asked }) => (n < 6 ? answer(502) : applied({ n, ...asked })));
    expect(end).toMatchObject({ status: 'updated', attempts: 6 });
  });
});

describe('throttled', () => {
  test('uses up no attempt, however often', async () => {
    const { end, told } = await delivered(({ n, ...asked }) =>
      n <= 9 ? answer(429, 'Retry later\n') : applied({ n, ...asked }),
    );
    expect(end).toMatchObject({ status: 'updated', attempts: 10 });
    expect(told.slice(0, 4)).toEqual(['pause 1000', 'pause 2000', 'pause 4000', 'pause 53250']);
    expect(told).not.toContain('retry');
  });
});

describe('stops', () => {
  test.each<[what: string, answering: Answering, stop: string]>([
    ['401', () => answer(401, { error: 'Invalid' }), 'stop: unauthorized'],
    [
      'a login page first of all',
      () => answer(200, '<title>Sign in</title>'),
      'stop: impostor: an HTML page titled "Sign in"',
    ],
    ['a redirect first of all', () => answer(302), 'stop: impostor: a redirect (302)'],
  ])('at %s: the row stays pending', async (_what, answering, stop) => {
    const { end, told, requests } = await delivered(answering);
    expect(end).toBe('pending');
    expect(requests).toHaveLength(1);
    expect(told).toEqual([stop]);
  });

  test('a row that meets something else at each attempt stays pending, and the run stops', async () => {
    const sending = scriptedSending((asked) => (asked.contactId === 7 ? answer(200, 'hm') : applied(asked)));
    await sending.deliver(patchOf(1), () => []);
    let end: Delivered | undefined;
    void sending
      .deliver(patchOf(7), () => [])
      .then((one) => {
        end = one;
      });
    while (end === undefined) {
      await sending.clock.until(() => sending.clock.sleeping > 0 || end !== undefined);
      await sending.deliver(patchOf(1), () => []); // the API answers others meanwhile
      await sending.clock.advance(60_000);
    }
    expect(end).toBe('pending');
    expect(sending.requests.filter(({ contactId }) => contactId === 7)).toHaveLength(6);
    expect(sending.told.at(-1)).toBe('stop: stranger: something that is not JSON');
  });

  test('while a row waits to try again: it stays pending at once', async () => {
    const sending = scriptedSending(() => answer(500));
    sending.clock.chance = 0.9;
    const end = sending.deliver(patchOf(7), () => []);
    await sending.clock.advance(100);
    expect(sending.requests).toHaveLength(1);
    sending.stop('by hand');
    expect(await end).toBe('pending');
  });

  test('while a row is throttled: it stays pending at once', async () => {
    const sending = scriptedSending(() => answer(429, '', { 'retry-after': '600' }));
    const end = sending.deliver(patchOf(7), () => []);
    await sending.clock.advance(100);
    sending.stop('by hand');
    expect(await end).toBe('pending');
  });

  test('a request that is cut leaves its row pending, and may have been taken', async () => {
    const { end, told } = await delivered(() => ({ kind: 'cut' }));
    expect(end).toBe('pending');
    expect(told).toEqual([]);
  });

  test('before the first write: the row stays pending, and its patch is known to be unsent', async () => {
    const sending = scriptedSending(applied);
    sending.stop('by hand');
    expect(await sending.deliver(patchOf(7), () => [])).toBe('pending');
    const whole = patchOf(8, { complete: true });
    const cut = scriptedSending(() => ({ kind: 'cut' }));
    expect(await cut.deliver(whole, () => [])).toBe('pending');
    expect([sending.told, cut.told]).toEqual([['stop: by hand', 'unsent: 7'], ['unsent: 8']]);
    expect(cut.requests).toMatchObject([{ body: '{}' }]);
  });
});

describe('403', () => {
  test('is held until another contact gets through', async () => {
    const sending = scriptedSending((asked) =>
      asked.contactId === 7 ? answer(403, 'Forbidden\n') : applied(asked),
    );
    const end = (await sending.deliver(patchOf(7), () => [])) as { held: Promise<Outcome> };
    expect(sending.forbidden.held).toBe(1);
    await sending.deliver(patchOf(8), () => []);
    expect(await end.held).toMatchObject({
      status: 'rejected',
      httpStatus: 403,
      error: { code: 'ERR_FORBIDDEN', message: 'the API key may not change this contact: Forbidden' },
    });
  });

  test('five in a row, with no other contact left to send, stop the run and reject none', async () => {
    const sending = scriptedSending(() => answer(403));
    const ends = await Promise.all([1, 2, 3, 4, 5, 6].map((id) => sending.deliver(patchOf(id), () => [])));
    sending.forbidden.close();
    const rulings = ends.map((end) => (typeof end === 'object' && 'held' in end ? end.held : end));
    expect(await Promise.all(rulings)).toEqual(Array(6).fill('pending'));
    expect(sending.told).toEqual(['stop: forbidden']);
  });
});

describe('additional attributes made complete', () => {
  const patch = patchOf(7, {
    body: { additional_attributes: { city: 'Ulm' } },
    fields: ['additional_attributes.city'],
    complete: true,
  });
  const stored = { id: 7, additional_attributes: { city: 'Bonn', source_id: 'x' } };

  test('reads with an empty patch, then sends the whole object', async () => {
    const { end, requests } = await delivered(() => answer(200, { payload: stored }), patch);
    expect(requests.map(({ body }) => body)).toEqual([
      '{}',
      '{"additional_attributes":{"city":"Ulm","source_id":"x"}}',
    ]);
    expect(end).toMatchObject({ status: 'updated', attempts: 2, fields: patch.fields });
  });

  test.each([
    ['an empty 204', answer(204)],
    ['a contact without them', answer(200, { payload: { id: 7 } })],
  ])('%s cannot be completed: nothing is written', async (_what, reply) => {
    const { end, requests } = await delivered(() => reply, patch);
    expect(requests).toHaveLength(1);
    expect(end).toMatchObject({ status: 'invalid', error: { code: 'ERR_NO_READ' } });
  });

  test('a failed write reads again: somebody may have changed it', async () => {
    const { requests } = await delivered(
      inOrder(answer(200, { payload: stored }), answer(500), answer(200, { payload: stored })),
      patch,
    );
    expect(requests.map(({ body }) => body === '{}')).toEqual([true, false, true, false]);
  });

  test('a throttled write does not, or reads would use up every window', async () => {
    const { requests } = await delivered(
      inOrder(answer(200, { payload: stored }), answer(429), answer(429), answer(200, { payload: stored })),
      patch,
    );
    expect(requests.map(({ body }) => body === '{}')).toEqual([true, false, false, false]);
  });

  test.each([
    ['120', [true, false, false]],
    ['121', [true, false, true, false]],
  ])('a pause of %s s: what was read serves for up to two minutes', async (seconds, isRead) => {
    const later = answer(429, '', { 'retry-after': seconds });
    const { requests } = await delivered(
      inOrder(answer(200, { payload: stored }), later, answer(200, { payload: stored })),
      patch,
    );
    expect(requests.map(({ body }) => body === '{}')).toEqual(isRead);
  });

  test('unless the pause was long', async () => {
    const later = answer(429, '', { 'retry-after': '300' });
    const { requests } = await delivered(
      inOrder(answer(200, { payload: stored }), later, answer(200, { payload: stored })),
      patch,
    );
    expect(requests.map(({ body }) => body === '{}')).toEqual([true, false, true, false]);
  });

  test('rows get through a window that is as small as their number', async () => {
    const windows = new Map<number, number>();
    const sending = scriptedSending(({ contactId }) => {
      const window = Math.floor(sending.clock.now() / 60_000);
      windows.set(window, (windows.get(window) ?? 0) + 1);
      if ((windows.get(window) ?? 0) > 4) return answer(429, 'Retry later\n');
      return answer(200, { payload: { ...stored, id: contactId } });
    });
    let done = 0;
    for (const contactId of [1, 2, 3, 4]) {
      void sending
        .deliver({ ...patch, contactId }, () => [])
        .then(() => {
          done += 1;
        });
    }
    await sending.clock.until(() => done === 4, 10 * 60_000);
    expect(sending.told.filter((what) => what.startsWith('stop'))).toEqual([]);
  });
});

describe('a contact that must be shown before it is written', () => {
  const present = { seenAt: Number.NEGATIVE_INFINITY, isRequired: true };
  const patch = patchOf(7, { body: { name: 'B' }, fields: ['name'] });

  test('is not written where the API answers the read without it', async () => {
    const { deliver, requests } = scriptedSending(() => answer(204));
    const revise = () => ({ kind: 'send' as const, patch });
    const end = await deliver(patch, () => [], { present: { ...present, revise } });
    expect(end).toMatchObject({ status: 'invalid', error: { code: 'ERR_NO_READ' } });
    expect(requests.map(({ body }) => body)).toEqual(['{}']);
  });

  test('is handed over as the read showed it, for the write and each further attempt', async () => {
    const contact = { id: 7, name: 'A', custom_attributes: {} };
    const read = answer(200, { payload: contact });
    const { clock, deliver } = scriptedSending(inOrder(read, answer(500), answer(200, { payload: contact })));
    const shown: unknown[] = [];
    let isDone = false;
    void deliver(patch, () => [], {
      present: { ...present, revise: () => ({ kind: 'send' as const, patch }) },
      beforeWrite: async (_patch, at) => void shown.push(at),
    }).then(() => {
      isDone = true;
    });
    await clock.until(() => isDone, 60_000);
    expect(shown).toEqual([contact, contact]);
  });
});

describe('expected values', () => {
  const patch = patchOf(7, { expect: { identifier: 'crm-1' } });

  test('shown: fine', async () => {
    const { end } = await delivered(() => answer(200, { payload: { id: 7, identifier: 'crm-1' } }), patch);
    expect(end).toMatchObject({ status: 'updated' });
  });

  test.each([
    ['another value', answer(200, { payload: { id: 7, identifier: 'crm-2' } })],
    ['none', answer(200, { payload: { id: 7 } })],
    ['no answer to look at', answer(204)],
  ])('%s: the wrong contact, told without its value', async (_what, reply) => {
    const { end } = await delivered(() => reply, patch);
    expect(end).toMatchObject({
      status: 'invalid',
      error: { code: 'ERR_WRONG_CONTACT', field: 'identifier' },
    });
    expect(JSON.stringify(end)).not.toContain('crm-');
  });

  test('where the contact is read first, nothing is written to the wrong one', async () => {
    const reading = { ...patch, complete: true, body: { additional_attributes: { city: 'Ulm' } } };
    const { end, requests } = await delivered(
      () => answer(200, { payload: { id: 7, identifier: 'other', additional_attributes: {} } }),
      reading,
    );
    expect(end).toMatchObject({ status: 'invalid', error: { code: 'ERR_WRONG_CONTACT' } });
    expect(requests.map(({ body }) => body)).toEqual(['{}']);
  });

  test('what the read showed need not be shown again', async () => {
    const reading = { ...patch, complete: true, body: { additional_attributes: { city: 'Ulm' } } };
    const shown = answer(200, { payload: { id: 7, identifier: 'crm-1', additional_attributes: {} } });
    const { end } = await delivered(inOrder(shown, answer(204)), reading);
    expect(end).toMatchObject({ status: 'updated', httpStatus: 204 });
  });
});

describe('not applied', () => {
  const custom = { vip: 'gold', tier: 'a' };
  const patch = (contactId: number): Patch =>
    patchOf(contactId, {
      body: { custom_attributes: custom },
      fields: ['custom_attributes.vip', 'custom_attributes.tier'],
    });

  test('names what a read-back does not show', async () => {
    const { end } = await delivered(
      () => answer(200, { payload: { id: 7, custom_attributes: { vip: 'gold' } } }),
      patch(7),
    );
    expect(end).toMatchObject({ status: 'updated', notApplied: ['custom_attributes.tier'] });
  });

  test('says nothing where answers show nothing, and tells of it once', async () => {
    const sending = scriptedSending(({ contactId }) =>
      answer(200, { payload: { id: contactId, custom_attributes: {} } }),
    );
    for (let id = 1; id <= 25; id += 1) {
      const outcome = await sending.deliver(patch(id), () => []);
      expect(outcome).toHaveProperty('status', 'updated');
      expect((outcome as Outcome).notApplied).toBeUndefined();
    }
    expect(sending.told).toEqual(['no echo']);
  });
});

test('a write that waited for the end of an outage is completed by a read of that time', async () => {
  const { clock, deliver, requests } = scriptedSending(
    (asked) => {
      const isDown = asked.at < 10 * 60_000 && asked.body !== '{}';
      return isDown ? RESET : applied(asked);
    },
    { callWrite: () => false },
  );
  clock.chance = 0.5;
  const patch = { body: { additional_attributes: { city: 'Ulm' } }, fields: [], complete: true };
  const ids = Array.from({ length: 12 }, (_one, i) => i + 1);
  const ends: Delivered[] = [];
  for (const id of ids) void deliver(patchOf(id, patch), () => []).then((end) => ends.push(end));
  await clock.until(() => ends.length === ids.length);
  for (const id of ids) {
    const [write, read] = requests.filter(({ contactId }) => contactId === id).reverse();
    expect(read?.body).toBe('{}');
    expect((write?.at ?? 0) - (read?.at ?? 0)).toBeLessThanOrEqual(2 * 60_000);
    expect(write?.at).toBeGreaterThanOrEqual(10 * 60_000);
  }
});
