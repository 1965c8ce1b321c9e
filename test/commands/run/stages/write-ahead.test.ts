import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createWriteAhead } from '../../../../src/commands/run/stages/write-ahead.ts';
import type { Patch, Row } from '../../../../src/core/types.ts';
import type { State } from '../../../../src/state/state.ts';

const ROW: Row = { input: 0, row: 1, line: 2, record: [] };
const PATCH: Patch = { contactId: 7, body: { name: 'Anna' }, fields: ['name'], complete: false };

/** A protocol over marks that wait until they are let go, and what it did, in order. */
function setUp() {
  const did: string[] = [];
  const held: (() => void)[] = [];
  const wait = (what: string): Promise<void> => {
    did.push(what);
    return new Promise((resolve) => held.push(resolve));
  };
  const state = {
    doubt: () => wait('state'),
    delivered: () => did.push('delivered'),
    refused: () => did.push('refused'),
    undecided: () => did.push('undecided'),
  } as unknown as State;
  const sending = (_row: Row, { contactId }: { contactId: number }, fields: readonly string[] | undefined) =>
    wait(`journal ${contactId} ${fields?.join() ?? 'unsent'}`);
  return { did, held, writeAhead: createWriteAhead(state, { sending }, (patch) => patch) };
}

test.each([
  ['the journal', false],
  ['the state', true],
])('a request may leave once both have its mark, %s first', async (_first, isReversed) => {
  const { did, held, writeAhead } = setUp();
  void writeAhead.begin(PATCH, ROW).then(() => did.push('may leave'));
  expect(did).toEqual(['journal 7 name', 'state']);
  for (const release of isReversed ? held.toReversed() : held) {
    await nextTurn();
    expect(did).not.toContain('may leave');
    release();
  }
  await nextTurn();
  expect(did).toContain('may leave');
});

test('without a state the journal has the mark', async () => {
  const marked: number[] = [];
  const outcomes = {
    sending: async (_row: Row, { contactId }: { contactId: number }) => void marked.push(contactId),
  };
  const writeAhead = createWriteAhead(undefined, outcomes, (patch) => patch);
  await writeAhead.begin(PATCH, ROW);
  expect(writeAhead.commit(PATCH, ROW, 'pending', undefined)).toBe('pending');
  expect(marked).toEqual([7]);
});

test('both marks are taken back where no write has left, and stay where its fate is unknown', () => {
  const { did, writeAhead } = setUp();
  writeAhead.commit(PATCH, ROW, 'pending', undefined);
  expect(did).toEqual(['undecided']);
  writeAhead.commit(PATCH, ROW, 'pending', 'unsent');
  expect(did).toEqual(['undecided', 'refused']); // no mark was made
  void writeAhead.begin(PATCH, ROW);
  did.length = 0;
  writeAhead.commit(PATCH, ROW, 'pending', 'unsent');
  expect(did).toEqual(['journal 7 unsent', 'refused']);
});

test('a patch that was announced is marked once', async () => {
  const { did, held, writeAhead } = setUp();
  const marks = [writeAhead.begin(PATCH, ROW), writeAhead.begin(PATCH, ROW)];
  for (const release of held) release();
  await Promise.all(marks);
  expect(did).toEqual(['journal 7 name', 'state']);
});
