import { describe, expect, it } from 'vitest';
import type { JsonObject, Patch } from '../../src/core/types.ts';
import type { ContactState } from '../../src/state/contact-state.ts';
import { contactOf, MemoryDisk, patchOf, stateOver } from './memory-storage.ts';

const ours = () => 'ours' as const;
const theirs = () => 'theirs' as const;

/** Sends what differs, and the API answers with `shows`, if it shows anything. Gives what was sent. */
async function sync(
  state: ContactState,
  patch: Patch,
  shows?: JsonObject,
  policy: typeof ours | typeof theirs = ours,
) {
  const comparison = state.compare(patch, policy);
  if (comparison.settled) state.confirm(patch, comparison);
  else {
    await state.doubt(patch, comparison.send);
    state.delivered(patch, comparison.send, shows);
  }
  return comparison.send;
}

describe('what is sent', () => {
  it('everything the first time, nothing the second time', async () => {
    const state = stateOver(new MemoryDisk());
    const patch = patchOf(1, { name: 'Anna', email: 'a@x.de' }, { plan: 'gold' });
    expect(await sync(state, patch)).toEqual(['name', 'email', 'custom_attributes.plan']);
    expect(state.compare(patch, ours)).toEqual({ send: [], conflicts: [], settled: true, isKnown: true });
  });

  it('only the field that changed', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { name: 'Anna', email: 'a@x.de' }));
    expect(await sync(state, patchOf(1, { name: 'Anne', email: 'A@X.de' }))).toEqual(['name']);
  });

  it.each([undefined, 'read-back'])('A, B, A: each time (answer: %s)', async (answer) => {
    const state = stateOver(new MemoryDisk());
    for (const name of ['A', 'B', 'A']) {
      const shows = answer && contactOf(1, { name });
      expect(await sync(state, patchOf(1, { name }), shows || undefined)).toEqual(['name']);
    }
  });

  it('a field that the API ignores only once', async () => {
    const state = stateOver(new MemoryDisk());
    const patch = patchOf(1, { name: 'Anna' }, { plan: 'gold' });
    const shows = contactOf(1, { name: 'Anna', custom_attributes: { plan: 'lead' } });
    expect(await sync(state, patch, shows)).toEqual(['name', 'custom_attributes.plan']);
    expect(await sync(state, patch, shows)).toEqual([]);
  });

  it('a field of which no answer tells, only when the row changes', async () => {
    const state = stateOver(new MemoryDisk());
    expect(await sync(state, patchOf(1, { first_name: 'Anna' }), contactOf(1))).toEqual(['first_name']);
    expect(await sync(state, patchOf(1, { first_name: 'Anna' }), contactOf(1))).toEqual([]);
    expect(await sync(state, patchOf(1, { first_name: 'Anne' }), contactOf(1))).toEqual(['first_name']);
  });

  it('nothing that a pull shows the account to have', async () => {
    const state = stateOver(new MemoryDisk());
    state.learn(contactOf(1, { name: 'Anna', identifier: 2222, custom_attributes: { plan: 'gold' } }));
    const patch = patchOf(1, { name: 'Anna', identifier: '2222', email: null }, { plan: 'gold', note: '' });
    expect(await sync(state, patch)).toEqual([]);
    expect(state.compare(patch, ours).isKnown).toBe(true);
  });

  it('everything that an answer left out, whatever else it showed', async () => {
    const state = stateOver(new MemoryDisk());
    state.learn({ id: 1, name: 'Anna' });
    expect(await sync(state, patchOf(1, { name: 'Anna', email: null }, { plan: null }))).toEqual([
      'email',
      'custom_attributes.plan',
    ]);
  });

  it('the same text as another JSON type: the mapping has changed', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, {}, { score: '5' }), contactOf(1, { custom_attributes: { score: '5' } }));
    expect(await sync(state, patchOf(1, {}, { score: 5 }))).toEqual(['custom_attributes.score']);
    expect(await sync(state, patchOf(1, {}, { score: 5 }))).toEqual([]);
  });

  it('a profile again, after another mapping wrote all profiles', async () => {
    const state = stateOver(new MemoryDisk());
    const path = 'additional_attributes.social_profiles';
    const one: Patch = {
      ...patchOf(1, { additional_attributes: { social_profiles: { twitter: 'anna' } } }),
      fields: [`${path}.twitter`],
    };
    const whole: Patch = {
      ...patchOf(1, { additional_attributes: { social_profiles: { github: 'anna' } } }),
      fields: [path],
    };
    expect(await sync(state, one)).toEqual([`${path}.twitter`]);
    expect(await sync(state, whole)).toEqual([path]);
    expect(await sync(state, one)).toEqual([`${path}.twitter`]);
    expect(await sync(state, whole)).toEqual([path]);
  });

  it('the profiles whole though they were seen empty, after one was sent', async () => {
    const state = stateOver(new MemoryDisk());
    const path = 'additional_attributes.social_profiles';
    state.learn(contactOf(1));
    const one: Patch = {
      ...patchOf(1, { additional_attributes: { social_profiles: { twitter: 'anna' } } }),
      fields: [`${path}.twitter`],
    };
    await sync(state, one);
    const none: Patch = { ...patchOf(1, { additional_attributes: { social_profiles: {} } }), fields: [path] };
    expect(state.compare(none, ours).send).toEqual([path]);
  });
});

describe('what was not told in full', () => {
  const path = 'additional_attributes.social_profiles';
  const profiles = (value: JsonObject, fields: readonly string[]): Patch => ({
    ...patchOf(1, { additional_attributes: { social_profiles: value } }),
    fields,
  });

  it('a listing that may be older than a write of this run is not heard', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { name: 'old' }));
    await sync(state, patchOf(1, { name: 'new' }));
    state.learn(contactOf(1, { name: 'old' }));
    expect(await sync(state, patchOf(1, { name: 'old' }))).toEqual(['name']);
  });

  it('a write that was not announced, as of a contact that was just created', async () => {
    const state = stateOver(new MemoryDisk());
    const first = patchOf(1, { name: 'first' });
    state.learn(contactOf(1));
    await sync(state, first);
    state.delivered(patchOf(1, { name: 'second' }), ['name'], undefined);
    expect(state.compare(first, ours).send).toEqual(['name']);
    state.delivered(profiles({ twitter: 'anna' }, [`${path}.twitter`]), [`${path}.twitter`], undefined);
    expect(state.compare(profiles({}, [path]), ours).send).toEqual([path]);
  });

  it('a row that is kept back, though it has something to send', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { name: 'old' }));
    const patch = patchOf(1, { name: 'new' });
    state.confirm(patch, state.compare(patch, ours));
    expect(state.compare(patch, ours).send).toEqual(['name']);
  });

  it('a profile of which only the beginning of the write is known', async () => {
    const disk = new MemoryDisk();
    const state = stateOver(disk);
    state.learn(contactOf(1));
    await state.doubt(profiles({ twitter: 'anna' }, [`${path}.twitter`]), [`${path}.twitter`]);
    expect(stateOver(disk).compare(profiles({}, [path]), ours).send).toEqual([path]);
  });

  it('an attribute that an answer does not list any more is empty', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(
      state,
      patchOf(1, {}, { plan: 'gold' }),
      contactOf(1, { custom_attributes: { plan: 'gold' } }),
    );
    state.beginPull();
    state.learn(contactOf(1));
    expect(state.compare(patchOf(1, {}, { plan: 'gold' }), ours).send).toEqual([]);
    expect(state.compare(patchOf(1, {}, { plan: 'lead' }), ours).conflicts).toEqual([
      'custom_attributes.plan',
    ]);
    expect(state.compare(patchOf(1, {}, { plan: null }), ours).send).toEqual([]);
  });
});

describe("an agent's edit", () => {
  it('survives as long as the row says nothing new, and a new value of the row arrives', async () => {
    const later = stateOver(new MemoryDisk());
    await sync(later, patchOf(1, { name: 'Anna', email: 'a@x.de' }));
    later.beginPull();
    later.learn(contactOf(1, { name: 'by agent', email: 'a@x.de' }));
    expect(await sync(later, patchOf(1, { name: 'Anna', email: 'b@x.de' }))).toEqual(['email']);
    expect(later.compare(patchOf(1, { name: 'Anna', email: 'c@x.de' }), ours).send).toEqual(['email']);
  });

  it('against an edit of the row: on_conflict decides, and it is told once', async () => {
    const edited = async () => {
      const state = stateOver(new MemoryDisk());
      await sync(state, patchOf(1, { name: 'Anna' }));
      state.beginPull();
      state.learn(contactOf(1, { name: 'by agent' }));
      return state;
    };
    const patch = patchOf(1, { name: 'by CRM' });
    const first = await edited();
    expect(first.compare(patch, ours)).toMatchObject({ send: ['name'], conflicts: ['name'] });
    const second = await edited();
    expect(second.compare(patch, theirs)).toMatchObject({ send: [], conflicts: ['name'], settled: true });
    await sync(second, patch, undefined, theirs);
    expect(second.compare(patch, theirs)).toMatchObject({ send: [], conflicts: [] });
    expect(second.compare(patch, ours)).toMatchObject({ send: [], conflicts: [] });
  });

  it('is kept by delivered as well, where the row sends something else', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { name: 'Anna', email: 'a@x.de' }));
    state.beginPull();
    state.learn(contactOf(1, { name: 'by agent', email: 'a@x.de' }));
    const patch = patchOf(1, { name: 'by CRM', email: 'b@x.de' });
    expect(await sync(state, patch, undefined, theirs)).toEqual(['email']);
    expect(state.compare(patch, ours).send).toEqual([]);
  });
});

describe('in doubt', () => {
  const patch = patchOf(1, { name: 'Anna' }, { plan: 'gold' });

  it('is sent again after a crash, whatever is learned meanwhile', async () => {
    const disk = new MemoryDisk();
    await stateOver(disk).doubt(patch, ['name']);
    const state = stateOver(disk);
    state.learn(contactOf(1, { name: 'Anna', custom_attributes: { plan: 'gold' } }));
    expect(state.compare(patch, theirs).send).toEqual(['name']);
  });

  it('the older file is sent after a crash during the newer one', async () => {
    const disk = new MemoryDisk();
    const older = patchOf(1, { name: 'old' });
    const first = stateOver(disk);
    await sync(first, older);
    await first.close();
    const newer = patchOf(1, { name: 'new' });
    const second = stateOver(disk);
    await second.doubt(newer, second.compare(newer, ours).send);
    expect(stateOver(disk).compare(older, ours).send).toEqual(['name']);
  });

  it('ends with a refusal: what was known is known again', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { name: 'old' }));
    await state.doubt(patchOf(1, { name: 'bad' }), ['name']);
    state.refused(patchOf(1, { name: 'bad' }));
    expect(state.compare(patchOf(1, { name: 'old' }), ours).send).toEqual([]);
    expect(state.compare(patchOf(1, { name: 'bad' }), ours).send).toEqual(['name']);
  });

  it('from before does not end with a refusal', async () => {
    const disk = new MemoryDisk();
    await stateOver(disk).doubt(patch, ['name']);
    const state = stateOver(disk);
    await state.doubt(patch, ['name', 'custom_attributes.plan']);
    state.refused(patch);
    state.learn(contactOf(1, { name: 'Anna', custom_attributes: { plan: 'gold' } }));
    expect(state.compare(patch, ours).send).toEqual(['name']);
  });

  it('stays, where less was sent than was announced', async () => {
    const state = stateOver(new MemoryDisk());
    await state.doubt(patch, patch.fields);
    state.delivered(patch, ['name'], undefined);
    expect(state.compare(patch, ours).send).toEqual(['custom_attributes.plan']);
  });

  it('many contacts share one entry of the log, and wait for no commit', async () => {
    const disk = new MemoryDisk();
    const state = stateOver(disk);
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => state.doubt(patchOf(i + 1, { name: 'x' }), ['name'])),
    );
    expect([disk.log.syncs, disk.commits]).toEqual([1, 0]);
  });
});

describe('keys', () => {
  it('are found as the API compares them, and move with their contact', async () => {
    const disk = new MemoryDisk();
    const state = stateOver(disk);
    state.learn(contactOf(1, { email: 'Anna%_+x@Example.com', phone_number: '+4915112', identifier: 'c1' }));
    state.learn(contactOf(2, { phone_number: '+4915112' }));
    expect(state.find({ field: 'email', value: 'anna%_+x@example.com' })).toEqual([1]);
    expect(state.find({ field: 'phone_number', value: '+4915112' })).toEqual([1, 2]);
    expect(state.find({ field: 'identifier', value: 'C1' })).toEqual([]);
    expect(state.find({ field: 'email', value: 'c1' })).toEqual([]);
    await sync(state, patchOf(1, { email: 'b@x.de' }));
    expect(state.find({ field: 'email', value: 'anna%_+x@example.com' })).toEqual([]);
    expect(state.find({ field: 'email', value: 'b@x.de' })).toEqual([1]);
    await state.close();
    expect(stateOver(disk).find({ field: 'email', value: 'b@x.de' })).toEqual([1]);
  });

  it('are those of the account where they are not ours', async () => {
    const state = stateOver(new MemoryDisk());
    await sync(state, patchOf(1, { email: 'ours@x.de' }));
    state.beginPull();
    state.learn(contactOf(1, { email: 'theirs@x.de' }));
    expect(state.find({ field: 'email', value: 'theirs@x.de' })).toEqual([1]);
    expect(state.find({ field: 'email', value: 'ours@x.de' })).toEqual([]);
  });

  it('leave nothing behind when they change', async () => {
    const disk = new MemoryDisk();
    const state = stateOver(disk);
    for (const name of ['a', 'b', 'c']) await sync(state, patchOf(1, { email: `${name}@x.de` }));
    await state.close();
    expect(disk.keys).toBe(1);
  });

  it('in doubt may be either', async () => {
    const disk = new MemoryDisk();
    const first = stateOver(disk);
    first.learn(contactOf(1, { email: 'a@x.de' }));
    await first.close();
    const state = stateOver(disk);
    await state.doubt(patchOf(1, { email: 'b@x.de' }), ['email']);
    const later = stateOver(disk);
    expect(later.find({ field: 'email', value: 'a@x.de' })).toEqual([1]);
    expect(later.find({ field: 'email', value: 'b@x.de' })).toEqual([1]);
    expect(later.find({ field: 'email', value: 'c@x.de' })).toEqual([]);
  });
});

describe('a pull', () => {
  it('goes on where it was, and drops the keys of whom it did not meet', async () => {
    const disk = new MemoryDisk();
    const old = stateOver(disk);
    for (const id of [1, 2, 3]) await sync(old, patchOf(id, { email: `${id}@x.de` }));
    await old.close();

    const first = stateOver(disk);
    expect(first.beginPull()).toMatchObject({ cursor: undefined });
    first.learn(contactOf(1, { email: '1@x.de' }));
    await first.progressPull({ page: 2 });
    first.learn(contactOf(2, { email: '2@x.de' })); // not safe yet: lost with the process

    const second = stateOver(disk);
    expect(second.isComplete).toBe(false);
    expect(second.beginPull()).toMatchObject({ cursor: { page: 2 } });
    second.learn(contactOf(2, { email: '2@x.de' }));
    second.learn(contactOf(2, { email: '2@x.de' }));
    expect(await second.endPull()).toEqual({ contacts: 2, dropped: 1 });
    expect(second.isComplete).toBe(true);
    expect([1, 2, 3].map((id) => second.find({ field: 'email', value: `${id}@x.de` }))).toEqual([
      [1],
      [2],
      [],
    ]);
    await second.close();

    const third = stateOver(disk);
    expect(third.isComplete).toBe(true);
    third.learn(contactOf(3, { email: '3@x.de' }));
    expect(third.find({ field: 'email', value: '3@x.de' })).toEqual([3]);
  });

  it('begun anew starts over', async () => {
    const state = stateOver(new MemoryDisk());
    state.beginPull();
    await state.progressPull(7);
    expect(state.beginPull()).toMatchObject({ cursor: 7 });
    expect(state.beginPull(true)).toMatchObject({ cursor: undefined });
  });
});

describe('two mappings', () => {
  it('that write one field differently are noticed, and that they undo each other', async () => {
    const disk = new MemoryDisk();
    const night = async (mapping: string, name: string) => {
      const state = stateOver(disk, mapping);
      for (const id of [1, 2]) await sync(state, patchOf(id, { name, email: 'same' }));
      await state.close();
      return state.otherWriters();
    };
    expect(await night('m1', 'Anna')).toEqual([]);
    expect(await night('m2', 'ANNA')).toEqual([{ field: 'name', count: 2, isMutual: false }]);
    expect(await night('m1', 'Anna')).toEqual([{ field: 'name', count: 2, isMutual: true }]);
    expect(await night('m1', 'Anne')).toEqual([]);
  });

  it('keep their own memory of what is settled', async () => {
    const state = stateOver(new MemoryDisk());
    const one = patchOf(1, { name: 'Anna' });
    const two = patchOf(1, {}, { plan: 'gold' });
    for (const patch of [one, two, one]) await sync(state, patch);
    expect([state.compare(one, ours).isKnown, state.compare(two, ours).isKnown]).toEqual([true, true]);
    await sync(state, patchOf(1, { name: 'Anne' }));
    expect(state.compare(one, ours).send).toEqual(['name']);
  });
});
