import { expect, test } from 'vitest';
import type { ReadPage } from '../../src/client/resilience/retry-read.ts';
import { pullInto } from '../../src/commands/pull-contacts.ts';
import { systemClock } from '../../src/core/clock.ts';
import { KEY_FIELDS, type MatchKey } from '../../src/core/types.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { openState } from '../../src/state/open-state.ts';
import { lookupsAt } from '../client/lookup/lookups.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** The time that it takes grows with their square: `CONTACTS=30000` takes a minute. */
const CONTACTS = Number(process.env['CONTACTS'] ?? 12_000);

/** Reads a state back, and closes it. */
async function withState<T>(dir: string, use: (state: Awaited<ReturnType<typeof openState>>) => Promise<T>) {
  const state = await openState(dir, 'account', 'test', { clock: systemClock });
  try {
    return await use(state);
  } finally {
    await state.close();
  }
}

const pull = (dir: string, ask: ReadPage) =>
  withState(dir, (state) =>
    pullInto({ state, ask, width: 8, clock: systemClock, onForecast: () => {}, onProgress: () => {} }),
  );

/** The keys of a stored contact. */
function keysAt(emulator: Emulator, id: number): MatchKey[] {
  const contact = emulator.contact(id);
  return KEY_FIELDS.flatMap((field) => {
    const value = contact?.[field];
    return typeof value === 'string' && value !== '' ? [{ field, value }] : [];
  });
}

/** What agents do while the account is read, one thing at a time: no contact twice. */
function agentsAt(emulator: Emulator, create: (n: number) => Promise<unknown>) {
  const touched = new Set<number>();
  let n = 0;
  return {
    touched,
    async act(): Promise<void> {
      n += 1;
      const id = ((n * 7_919) % CONTACTS) + 1;
      if (touched.has(id) || !emulator.contact(id)) return;
      touched.add(id);
      if (n % 4 === 0) emulator.remove(id);
      else if (n % 4 === 1) emulator.edit(id, { name: `Edited ${n}`, custom_attributes: { n } });
      else if (n % 4 === 2) emulator.edit(id, { email: `edited.${n}@example.com` });
      else await create(n);
    },
  };
}

test('pull of many contacts that are made, deleted and edited meanwhile: who was there all the time is in the state, once', {
  timeout: 180_000,
}, async () => {
  const emulator = await emulatorHere({ contacts: CONTACTS });
  const { ask, create } = lookupsAt(emulator);
  const agents = agentsAt(emulator, (n) =>
    create(
      { inboxId: 407, keys: [], body: { email: `new.${n}@example.com` }, values: () => [] },
      async () => {},
    ),
  );
  let requests = 0;
  const dir = tempDir();

  const { listed, gone } = await pull(dir, async (request) => {
    requests += 1;
    if (requests % 20 === 0) await agents.act(); // each makes the emulator sort its list anew
    return ask(request);
  });

  expect(listed).toMatchObject({ kind: 'listed', isComplete: true });
  expect(gone).toBe(0);
  await withState(dir, async (state) => {
    expect(state.isComplete).toBe(true);
    const missing: number[] = [];
    for (let id = 1; id <= CONTACTS; id += 1) {
      if (agents.touched.has(id)) continue;
      for (const key of keysAt(emulator, id)) {
        const ids = state.find(key);
        if (ids.length !== 1 || ids[0] !== id) missing.push(id);
      }
    }
    expect(missing).toEqual([]);
  });
  expect(requests).toBeLessThan((CONTACTS / 15) * 1.5);
});

test('a pull that is cut off is gone on with, and a contact that was deleted is gone', {
  timeout: 180_000,
}, async () => {
  const emulator = await emulatorHere({ contacts: 1_500 });
  const { ask } = lookupsAt(emulator);
  const dir = tempDir();
  await pull(dir, ask);
  emulator.remove(700);
  let requests = 0;
  const cut = await pull(dir, async (request) => {
    requests += 1;
    return requests > 60 ? 'pending' : ask(request);
  });
  expect(cut).toMatchObject({ listed: 'pending', isResumed: false, gone: 0 });
  emulator.reset();

  const { listed, isResumed, gone } = await pull(dir, ask);

  expect(listed).toEqual({ kind: 'listed', count: 1_499, met: 1_499, isComplete: true });
  expect([isResumed, gone]).toEqual([true, 1]);
  expect(emulator.requests.length).toBeLessThan(60);
  await withState(dir, async (state) => {
    expect(state.find({ field: 'email', value: String(emulator.contact(699)?.['email']) })).toEqual([699]);
  });
});
