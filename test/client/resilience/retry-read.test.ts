import { expect, test } from 'vitest';
import type { Reply } from '../../../src/client/http/reply.ts';
import { searchRequest } from '../../../src/client/http/requests.ts';
import { createReadPage } from '../../../src/client/resilience/retry-read.ts';
import { type Answering, answer, RESET, scriptedSending } from '../scripted-sending.ts';

const PAGE = answer(200, { meta: { count: '1', current_page: '1' }, payload: [{ id: 5 }] });
const SEARCH = searchRequest('anna', 1);
const GOOD = { kind: 'page', page: { count: 1, contacts: [{ id: 5 }] } };

/** A reader over a scripted server; `replies` come in order, the last one for ever. */
function asking(...replies: Reply[]) {
  return askingBeside(PAGE, ...replies);
}

/** The same, where the first page of the list is answered so. */
function askingBeside(listing: Reply, ...replies: Reply[]) {
  const answering: Answering = ({ n }) => replies[Math.min(n, replies.length) - 1] ?? RESET;
  const scripted = scriptedSending(answering, { maxAttempts: 3, listing: () => listing });
  let permits = 0;
  const ask = createReadPage({
    retry: scripted.retry,
    permit: async () => {
      permits += 1;
      return !scripted.draining.aborted;
    },
    onForbidden: () => scripted.stop('may not read'),
  });
  const read = async () => {
    let done = false;
    const asked = ask(SEARCH).finally(() => {
      done = true;
    });
    await scripted.clock.until(() => done);
    return asked;
  };
  return { ...scripted, read, permits: () => permits };
}

test('reads a page; count and page number may be texts', async () => {
  const { read, requests } = asking(PAGE);
  expect(await read()).toEqual(GOOD);
  expect(requests[0]).toMatchObject({ method: 'GET' });
  expect(requests[0]).not.toHaveProperty('body');
});

test('tries again what may pass, a permit for each attempt', async () => {
  const { read, told, permits } = asking(RESET, answer(502, ''), PAGE);
  expect(await read()).toEqual(GOOD);
  expect(told).toEqual(['retry', 'retry']);
  expect(permits()).toBe(3);
});

test('gives up after the last attempt', async () => {
  const { read, requests } = asking(RESET);
  expect(await read()).toMatchObject({ kind: 'refused', status: 'failed', code: 'ERR_NETWORK' });
  expect(requests.filter(({ path }) => path === SEARCH.path)).toHaveLength(3);
});

test('waits as long as it is throttled', async () => {
  const slow = answer(429, 'Retry later');
  const { read, told } = asking(slow, slow, slow, slow, PAGE);
  expect(await read()).toEqual(GOOD);
  expect(told.filter((what) => what.startsWith('pause'))).toHaveLength(4);
});

test('what is refused is not asked again', async () => {
  const { read, requests } = asking(answer(422, { error: 'Specify search string' }));
  expect(await read()).toMatchObject({ kind: 'refused', status: 'rejected', code: 'ERR_VALIDATION' });
  expect(requests).toHaveLength(1);
});

test('401 stops the run', async () => {
  const { read, told } = asking(answer(401, ''));
  expect(await read()).toBe('pending');
  expect(told).toEqual(['stop: unauthorized']);
});

test('403 stops the run where nothing was ever read', async () => {
  const { read, told } = askingBeside(answer(403, ''), answer(403, ''));
  expect(await read()).toBe('pending');
  expect(told).toEqual(['stop: may not read']);
});

test('403 for one thing is about that, five in a row are about the key', async () => {
  const no = answer(403, '');
  const { read, told } = asking(PAGE, no, PAGE, no, no, no, no, no);
  await read();
  expect(await read()).toMatchObject({ kind: 'refused', status: 'rejected', code: 'ERR_FORBIDDEN' });
  await read();
  for (let i = 0; i < 4; i += 1) expect(await read()).toMatchObject({ kind: 'refused' });
  expect(await read()).toBe('pending');
  expect(told).toEqual(['stop: may not read']);
});

test.each([
  ['a contact', { payload: { id: 5 } }],
  ['a contact that was made', { payload: { contact: { id: 5 }, contact_inbox: {} } }],
  ['a list without its count', { payload: [] }],
  ['contacts without ids', { meta: { count: 1 }, payload: [{}] }],
  ['other things', { meta: { count: 1 }, payload: ['a'] }],
])('%s is no page of contacts', async (_what, body) => {
  const { read, told } = asking(answer(200, body));
  expect(await read()).toBe('pending');
  expect(told).toEqual(['stop: impostor: JSON without a list of contacts']);
});

test('what a key may read says nothing of what it may write', async () => {
  const { read, forbidden } = asking(PAGE);
  const held = forbidden.hold(5);
  await read();
  expect(forbidden.held).toBe(1);
  forbidden.close();
  expect(await held).toBe('pending');
});
