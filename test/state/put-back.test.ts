import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import type { ContactState } from '../../src/state/contact-state.ts';
import { contactOf, MemoryDisk, patchOf, stateOver } from './memory-storage.ts';

const ours = () => 'ours' as const;
const theirs = () => 'theirs' as const;
const A = patchOf(1, { name: 'A' });
const B = patchOf(1, { name: 'B' });

async function send(state: ContactState, patch: typeof A, shows?: JsonObject): Promise<void> {
  await state.doubt(patch, patch.fields);
  state.delivered(patch, patch.fields, shows);
}

/** What is decided of a patch once B was sent over what `before` left, and taken back. */
async function afterUndo(before: (state: ContactState) => Promise<void> | void, shows: string) {
  const state = stateOver(new MemoryDisk());
  await before(state);
  const memory = state.remembered(1, ['name']);
  await send(state, B, contactOf(1, { name: 'B' }));
  await send(state, patchOf(1, { name: shows }), contactOf(1, { name: shows }));
  state.putBack(1, ['name'], JSON.parse(JSON.stringify(memory)));
  return state;
}

describe('after a write was taken back', () => {
  it('what was sent before it is what was last sent: the same row is sent again', async () => {
    const state = await afterUndo((state) => send(state, A, contactOf(1, { name: 'A' })), 'A');
    expect(state.compare(B, ours).send).toEqual(['name']);
    expect(state.compare(A, ours).settled).toBe(true);
    expect(state.compare(B, theirs).conflicts).toEqual([]);
  });

  it("an agent's edit that it had overwritten is a conflict once more", async () => {
    const state = await afterUndo((state) => send(state, A, contactOf(1, { name: 'A' })), 'X');
    expect(state.compare(B, theirs)).toMatchObject({ send: [], conflicts: ['name'] });
    expect(state.compare(B, ours)).toMatchObject({ send: ['name'], conflicts: ['name'] });
  });

  it('a field that was never sent is one again', async () => {
    const state = await afterUndo((state) => void state.learn(contactOf(1, { name: 'A' })), 'A');
    expect(state.compare(B, ours)).toMatchObject({ send: ['name'], conflicts: [] });
    expect(state.compare(B, theirs)).toMatchObject({ send: [], conflicts: ['name'] });
  });

  it('a field that was in doubt is in doubt', async () => {
    const state = await afterUndo(async (state) => {
      await state.doubt(A, ['name']);
      state.undecided(A);
    }, 'A');
    expect(state.compare(A, ours).send).toEqual(['name']);
  });

  it('the row that was sent last is not known at a glance', async () => {
    const state = await afterUndo(() => {}, '');
    expect(state.compare({ ...B, cells: 'B' }, ours).send).toEqual(['name']);
  });

  it('what another state remembers counts as nothing', async () => {
    const state = stateOver(new MemoryDisk());
    await send(state, A);
    const others = { ...state.remembered(1, ['name']), state: 'another' };
    await send(state, B, contactOf(1, { name: 'B' }));
    state.putBack(1, ['name'], others);
    state.learn(contactOf(1, { name: 'A' }), true);
    expect(state.compare(B, theirs)).toMatchObject({ send: [], conflicts: ['name'] });
    expect(state.remembered(1, ['name'])).toMatchObject({ fields: {} });
  });

  it('profiles that a write to all of them may have changed come back with it', async () => {
    const profiles = 'additional_attributes.social_profiles';
    const patch = { ...A, body: {}, fields: [`${profiles}.x`] };
    const all = { ...A, body: {}, fields: [profiles] };
    const state = stateOver(new MemoryDisk());
    await send(state, patch);
    const memory = state.remembered(1, [profiles]);
    await send(state, all);
    state.putBack(1, [profiles], memory);
    expect(state.remembered(1, [profiles])).toEqual(memory);
    expect(Object.keys(memory['fields'] as JsonObject)).toEqual([`${profiles}.x`]);
  });

  it('other fields stay as they are', async () => {
    const state = stateOver(new MemoryDisk());
    const both = patchOf(1, { name: 'B', email: 'b@x.de' });
    await send(state, both, contactOf(1, { name: 'B', email: 'b@x.de' }));
    state.putBack(1, ['name'], undefined);
    expect(Object.keys(state.remembered(1, both.fields)['fields'] as JsonObject)).toEqual(['email']);
  });

  it('what is remembered holds no value', async () => {
    const state = stateOver(new MemoryDisk());
    await send(state, patchOf(1, { name: 'Rumpelstilzchen' }));
    expect(JSON.stringify(state.remembered(1, ['name']))).not.toContain('Rumpel');
  });
});
