import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Night, nights } from '../helpers/nights.ts';

const MAPPING = `
contact_id: id
fields:
  name: name
  custom_attributes.tier: tier
`;
const MATCH = `
match: { email: email }
on_missing: create
inbox_id: 407
fields:
  name: name
  email: email
  custom_attributes.tier: tier
`;
const row = (name: string, tier: string) => `id,name,tier\n1,${name},${tier}\n`;

interface Image {
  readonly type: string;
  readonly contact: number;
  readonly row: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly state?: { readonly fields: Readonly<Record<string, unknown>> };
}

function imagesOf(run: Night): Image[] {
  const lines = run.file('before.jsonl').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Image).filter(({ type }) => type === 'image');
}

async function account(mapping = MAPPING, options = {}, hasState = true) {
  const nightly = await nights(mapping, options, hasState);
  nightly.emulator.edit(1, { name: 'Ann', custom_attributes: {}, additional_attributes: {} });
  return nightly;
}

describe('run --undoable', () => {
  it('reads each contact that changes and keeps what it held; absent is told from null', async () => {
    const { run, emulator } = await account();
    emulator.edit(1, { custom_attributes: { tier: null } });
    const night = await run(row('Anna', 'gold'), ['--undoable']);
    expect(imagesOf(night)).toMatchObject([
      {
        contact: 1,
        row: 1,
        fields: {
          name: { old: 'Ann', written: 'Anna' },
          'custom_attributes.tier': { old: null, written: 'gold' },
        },
        state: { fields: {} },
      },
    ]);
    expect(night.requests).toBe(2);
    expect(statSync(join(night.runDir, 'before.jsonl')).mode & 0o777).toBe(0o600);
    const other = await account();
    const [image] = imagesOf(await other.run(row('Anna', 'gold'), ['--undoable']));
    expect(image?.fields['custom_attributes.tier']).toEqual({ written: 'gold' });
  });

  it('keeps what the state said of the fields before', async () => {
    const { run } = await account();
    await run(row('Anna', 'gold'));
    const night = await run(row('Anne', 'gold'), ['--undoable']);
    expect(imagesOf(night)).toMatchObject([{ fields: { name: { old: 'Anna', written: 'Anne' } } }]);
    expect(Object.keys(imagesOf(night)[0]?.state?.fields ?? {})).toEqual(['name']);
  });

  it('a row that changes nothing costs nothing and keeps nothing', async () => {
    const { run } = await account();
    await run(row('Anna', 'gold'));
    const night = await run(row('Anna', 'gold'), ['--undoable']);
    expect([night.requests, imagesOf(night)]).toEqual([0, []]);
  });

  it('an agent who wrote the same meanwhile leaves nothing to write, and nothing to keep', async () => {
    const { run, emulator } = await account();
    emulator.edit(1, { name: 'Anna', custom_attributes: { tier: 'gold' } });
    const night = await run(row('Anna', 'gold'), ['--undoable']);
    expect(night.rows).toMatchObject([{ status: 'unchanged', attempts: 1 }]);
    expect(imagesOf(night)).toEqual([]);
  });

  it('two rows of a contact are kept one by one, each with what it found', async () => {
    const { run } = await account();
    const night = await run('id,name,tier\n1,Anna,gold\n1,Anne,gold\n', ['--undoable']);
    expect(imagesOf(night).map(({ fields }) => fields['name'])).toEqual([
      { old: 'Ann', written: 'Anna' },
      { old: 'Anna', written: 'Anne' },
    ]);
    expect(night.requests).toBe(4);
  });

  it.each([
    ['--full', ['--full'], true],
    ['no state', ['--no-state'], false],
    ['no state and --full', ['--no-state', '--full'], false],
  ])('with %s too', async (_how, args, hasState) => {
    const { run, emulator } = await account(MAPPING, {}, hasState);
    const night = await run(row('Anna', 'gold'), ['--undoable', ...args]);
    expect(imagesOf(night)).toMatchObject([{ fields: { name: { old: 'Ann', written: 'Anna' } } }]);
    expect(emulator.contact(1)).toMatchObject({ name: 'Anna' });
    expect(imagesOf(night)[0]?.state === undefined).toBe(!hasState);
  });

  it('an edit that `theirs` keeps is neither written nor kept', async () => {
    const { run, emulator } = await account(`${MAPPING}defaults: { on_conflict: theirs }\n`);
    await run(row('Anna', 'gold'), ['--full']);
    emulator.edit(1, { name: 'Ann Smith' });
    const night = await run(row('Anne', 'silver'), ['--undoable']);
    expect(imagesOf(night).map(({ fields }) => Object.keys(fields))).toEqual([['custom_attributes.tier']]);
    expect(night.rows).toMatchObject([{ status: 'updated', conflicts: ['name'] }]);
  });

  it('additional_attributes that are completed: of the fields of the row alone', async () => {
    const mapping = MAPPING.replace('custom_attributes.tier', 'additional_attributes.city');
    const { run, emulator } = await account(mapping, { additionalAttributes: 'replace' });
    emulator.edit(1, { additional_attributes: { city: 'Ulm', country: 'DE' } });
    const night = await run(row('Ann', 'Bonn'), ['--undoable']);
    expect(imagesOf(night)[0]?.fields).toEqual({
      'additional_attributes.city': { old: 'Ulm', written: 'Bonn' },
    });
    expect(emulator.contact(1)).toMatchObject({ additional_attributes: { city: 'Bonn', country: 'DE' } });
    expect(night.requests).toBe(2);
  });

  it('contacts found by their keys, and made', async () => {
    const { run, emulator } = await account(MATCH);
    emulator.edit(7, { email: 'seven@x.de', name: 'Sue', custom_attributes: {} });
    const csv = 'email,name,tier\nseven@x.de,Susan,gold\nnew@x.de,Newt,gold\n';
    const night = await run(csv, ['--undoable']);
    expect(night.rows.map(({ status }) => status).sort()).toEqual(['created', 'updated']);
    const found = imagesOf(night).find(({ contact }) => contact === 7);
    expect(found?.fields['name']).toEqual({ old: 'Sue', written: 'Susan' });
  });

  it('a dry run keeps nothing and counts the reads', async () => {
    const { run } = await account();
    const night = await run(row('Anna', 'gold'), ['--undoable', '--dry-run']);
    expect(night.files).not.toContain('before.jsonl');
    expect(night.summary).toMatchObject({ forecast: { requests: 2, reads: 1 } });
  });

  it('a retry of it is undoable, too', async () => {
    const { run, runWith, emulator } = await account();
    emulator.set({ contactFaults: { 1: '500' } });
    const first = await run(row('Anna', 'gold'), ['--undoable', '--max-attempts', '1']);
    expect(first.code).toBe(1);
    emulator.set({ contactFaults: {} });
    const retried = await runWith(['--retry', first.runDir]);
    expect(imagesOf(retried)).toMatchObject([{ fields: { name: { old: 'Ann' } } }]);
  });

  it('a run that is gone on with stays undoable, appends, and cannot cease to be it', async () => {
    const { run, runWith } = await account();
    const csv = 'id,name,tier\n1,Anna,gold\n2,Bea,gold\n3,Cara,gold\n';
    const canary = await run(csv, ['--undoable', '--limit', '1']);
    expect(imagesOf(canary)).toHaveLength(1);
    const refused = await runWith(['--resume', canary.runDir, '--no-undoable', '--limit', 'all']);
    expect(refused.code).toBe(2);
    const resumed = await runWith(['--resume', canary.runDir, '--limit', 'all']);
    expect(resumed.code).toBe(0);
    const text = readFileSync(join(canary.runDir, 'before.jsonl'), 'utf8');
    expect(text.split('\n').filter(Boolean)).toHaveLength(4);
  });

  it('where old values cannot be kept, nothing is sent', async () => {
    const { run, emulator, dir } = await account();
    mkdirSync(join(dir, 'run-1', 'before.jsonl'), { recursive: true });
    const night = await run(row('Anna', 'gold'), ['--undoable']);
    expect([night.code, night.summary.stopped?.code]).toEqual([3, 'ERR_BEFORE_IMAGES']);
    expect(night.summary.pending + night.summary.rows_read).toBe(0);
    expect(emulator.contact(1)).toMatchObject({ name: 'Ann' });
  });
});
