import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../src/core/clock.ts';
import type { Patch } from '../../src/core/types.ts';
import { openState } from '../../src/state/open-state.ts';
import type { State } from '../../src/state/state.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { contactOf, patchOf } from './memory-storage.ts';

const ours = () => 'ours' as const;
const ACCOUNT = '0123456789abcdef';
const open = (dir: string, readOnly = false): Promise<State> =>
  openState(dir, ACCOUNT, 'm1', { clock, readOnly });

async function deliver(state: State, patch: Patch): Promise<void> {
  const { send } = state.compare(patch, ours);
  await state.doubt(patch, send);
  state.delivered(patch, send, undefined);
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const patch = patchOf(318763, { email: 'anna@example.com' }, { plan: 'gold' });

describe('a state on disk', () => {
  it('knows in the next run what was sent in this one', async () => {
    const dir = tempDir();
    const first = await open(dir);
    expect(first.compare(patch, ours).send).toEqual(patch.fields);
    await deliver(first, patch);
    first.learn(contactOf(2 ** 40, { identifier: 'far away' }));
    await first.close();
    const second = await open(dir);
    expect(second.notes).toEqual([]);
    expect(second.compare(patch, ours).isKnown).toBe(true);
    expect(second.find({ field: 'email', value: 'ANNA@example.com' })).toEqual([318763]);
    expect(second.find({ field: 'identifier', value: 'far away' })).toEqual([2 ** 40]);
    await second.close();
  });

  it('is for nobody else to read, and holds no value', async () => {
    const dir = join(tempDir(), 'not', 'there', 'yet');
    const state = await open(dir);
    await deliver(state, patch);
    await state.close();
    expect(modeOf(join(dir, ACCOUNT))).toBe('700');
    for (const file of ['data.mdb', 'lock.mdb', 'state.json'])
      expect(modeOf(join(dir, ACCOUNT, file))).toBe('600');
    const bytes = readFileSync(join(dir, ACCOUNT, 'data.mdb'), 'latin1');
    expect(bytes).toContain('custom_attributes.plan');
    expect(bytes).not.toMatch(/anna|gold/);
  });

  it('is one per account, and a stolen salt of one says nothing of another', async () => {
    const dir = tempDir();
    const first = await open(dir);
    await deliver(first, patch);
    const other = await openState(dir, 'fedcba9876543210', 'm1', { clock });
    expect(other.compare(patch, ours).send).toEqual(patch.fields);
    await other.close();
    await first.close();
  });

  it('knows nothing once something else has sent to the account, in whatever store, and then learns anew', async () => {
    const dir = tempDir();
    const outdated = (readOnly = false) =>
      openState(dir, ACCOUNT, 'm1', { clock, readOnly, isOutdated: true });
    const first = await outdated();
    expect(first.notes).toEqual([]); // what is new knows nothing that could be outdated
    await deliver(first, patch);
    await first.close();

    const look = await outdated(true);
    expect([look.notes.length, look.compare(patch, ours).send]).toEqual([1, patch.fields]);
    await look.close();
    const still = await open(dir);
    expect(still.compare(patch, ours).isKnown).toBe(true);
    await still.close();

    const second = await outdated();
    expect(second.notes).toEqual([
      expect.stringMatching(/a run without the state in .* all of it counts as unknown/),
    ]);
    expect(second.compare(patch, ours).send).toEqual(patch.fields);
    expect(second.find({ field: 'email', value: 'anna@example.com' })).toEqual([]);
    await second.close();
    const shard = await openState(dir, `${ACCOUNT}-1of2`, 'm1', { clock });
    expect(shard.compare(patch, ours).send).toEqual(patch.fields);
    await deliver(shard, patch);
    await shard.close();
    const third = await open(dir);
    expect(third.compare(patch, ours).isKnown).toBe(true);
    await third.close();

    writeFileSync(join(dir, `.${ACCOUNT}.outdated.json`), '{"below":');
    const damaged = await open(dir);
    expect([damaged.notes.length, damaged.compare(patch, ours).isKnown]).toEqual([1, false]);
    await deliver(damaged, patch);
    await damaged.close();
    const last = await open(dir);
    expect([last.notes, last.compare(patch, ours).isKnown]).toEqual([[], true]);
    await last.close();
  });

  it('pulls on after it was closed', async () => {
    const dir = tempDir();
    const first = await open(dir);
    first.beginPull();
    for (let id = 1; id <= 20; id++) first.learn(contactOf(id, { email: `${id}@x.de` }));
    await first.progressPull({ page: 3 });
    await first.close();
    const second = await open(dir);
    expect(second.beginPull().cursor).toEqual({ page: 3 });
    expect(await second.endPull()).toEqual({ contacts: 20, dropped: 0 });
    await second.close();
    const third = await open(dir);
    third.beginPull();
    third.learn(contactOf(7, { email: '7@x.de' }));
    expect(await third.endPull()).toEqual({ contacts: 1, dropped: 19 });
    third.beginPull();
    third.learn(contactOf(7, { email: '7@x.de' }));
    expect(await third.endPull(), 'those of the pull before are no news').toEqual({
      contacts: 1,
      dropped: 0,
    });
    expect(third.find({ field: 'email', value: '7@x.de' })).toEqual([7]);
    expect(third.find({ field: 'email', value: '8@x.de' })).toEqual([]);
    await third.close();
  });
});

describe('read only', () => {
  it('compares and learns, and leaves the disk alone', async () => {
    const dir = tempDir();
    const first = await open(dir);
    await deliver(first, patch);
    await first.close();
    const before = readFileSync(join(dir, ACCOUNT, 'data.mdb'));
    const dry = await open(dir, true);
    expect(dry.compare(patch, ours).settled).toBe(true);
    const next = patchOf(318763, { email: 'new@example.com' });
    await deliver(dry, next);
    expect(dry.compare(next, ours).settled).toBe(true);
    await dry.close();
    expect(readFileSync(join(dir, ACCOUNT, 'data.mdb')).equals(before)).toBe(true);
    const second = await open(dir);
    expect(second.notes).toEqual([]);
    expect(second.compare(next, ours).send).toEqual(['email']);
    await second.close();
  });

  it('makes nothing where nothing is', async () => {
    const dir = join(tempDir(), 'state');
    const dry = await open(dir, true);
    expect(dry.compare(patch, ours).send).toEqual(patch.fields);
    await dry.close();
    expect(existsSync(dir)).toBe(false);
  });
});

describe('a state that cannot be used', () => {
  const closed = async (): Promise<string> => {
    const dir = tempDir();
    const state = await open(dir);
    await Promise.all(Array.from({ length: 300 }, (_, id) => deliver(state, patchOf(id + 1, { name: 'x' }))));
    await state.close();
    return dir;
  };

  it('of a newer version is refused by name', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, ACCOUNT));
    writeFileSync(join(dir, ACCOUNT, 'state.json'), '{"version":3,"bytes":0}');
    for (const readOnly of [false, true]) {
      // without a database there is nothing to read
      if (readOnly) writeFileSync(join(dir, ACCOUNT, 'data.mdb'), 'something new');
      await expect(open(dir, readOnly)).rejects.toMatchObject({ code: 'ERR_STATE_VERSION', exitCode: 2 });
    }
  });

  it.each<[string, (file: string) => void]>([
    ['was cut short', (file) => truncateSync(file, 8192)],
    [
      'was cut short after a run that was cut off',
      (file) => {
        writeFileSync(join(file, '..', 'state.json'), '{"version":1,"bytes":0}');
        truncateSync(file, 8192);
      },
    ],
    ['is not one', (file) => writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'))],
    ['is empty', (file) => truncateSync(file, 0)],
    ['is full of zeros', (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
  ])('because it %s, is moved aside, and everything is sent', async (_, damage) => {
    const dir = await closed();
    damage(join(dir, ACCOUNT, 'data.mdb'));
    const dry = await open(dir, true);
    expect(dry.notes).toEqual([expect.stringContaining('cannot be read')]);
    expect(dry.compare(patchOf(1, { name: 'x' }), ours).send).toEqual(['name']);
    await dry.close();
    const state = await open(dir);
    expect(state.notes).toEqual([expect.stringContaining(`moved to ${join(dir, ACCOUNT)}.unreadable`)]);
    expect(state.compare(patchOf(1, { name: 'x' }), ours).send).toEqual(['name']);
    await deliver(state, patch);
    await state.close();
    const next = await open(dir);
    expect(next.notes).toEqual([]);
    expect(next.compare(patch, ours).settled).toBe(true);
    await next.close();
  });

  it('because the directory is a file, is refused', async () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    await expect(open(file)).rejects.toMatchObject({ code: 'ERR_STATE', exitCode: 2 });
  });
});
