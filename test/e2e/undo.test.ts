import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { changeLine, writeChanges } from '../helpers/change-file.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { nights } from '../helpers/nights.ts';
import { readBack, type Synced } from '../helpers/sync.ts';

const MAPPING = `
contact_id: id
fields:
  name: name
  custom_attributes.tier: tier
`;
const CSV = 'id,name,tier\n1,Anna,gold\n2,Bea,gold\n3,Cara,gold\n';

/** An account of three contacts, runs over it, and what takes these back. */
async function account(mapping = MAPPING, options = {}) {
  const nightly = await nights(mapping, options);
  const { emulator, dir } = nightly;
  for (const [i, name] of ['Ann', 'Bee', 'Car'].entries()) {
    emulator.edit(i + 1, { name, custom_attributes: { tier: 'old' }, additional_attributes: {} });
  }
  let undos = 0;
  const undo = async (run: Pick<Synced, 'runDir'>, args: readonly string[] = []) => {
    undos += 1;
    const runDir = join(dir, `undo-${undos}`);
    emulator.reset();
    const ended = await cliHere(['undo', run.runDir, '--run-dir', runDir, '--rate', 'unlimited', ...args]);
    const sent = emulator.journal.map(({ contactId, body }) => ({ contactId, body }));
    return { ...readBack({ ...ended, signal: null }, runDir), sent, requests: emulator.requests.length };
  };
  const names = () => [1, 2, 3].map((id) => emulator.contact(id)?.['name']);
  const tiers = () =>
    [1, 2, 3].map((id) => (emulator.contact(id)?.['custom_attributes'] as JsonObject | undefined)?.['tier']);
  return { ...nightly, undo, names, tiers };
}

/** What became of the fields of an undo, without the buckets that are empty. */
function buckets({ summary }: Synced): object {
  const fields = Object.entries(summary.undo?.fields ?? {});
  return Object.fromEntries(fields.filter(([, n]) => n > 0));
}

describe('undo', () => {
  it('puts back what a run changed, and the next night sends it again', async () => {
    const { run, undo, names, tiers } = await account();
    const night = await run(CSV, ['--undoable']);
    expect(names()).toEqual(['Anna', 'Bea', 'Cara']);
    const undone = await undo(night);
    expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)]);
    expect([names(), tiers()]).toEqual([
      ['Ann', 'Bee', 'Car'],
      ['old', 'old', 'old'],
    ]);
    expect(undone.summary.statuses).toMatchObject({ updated: 3 });
    expect(undone.requests).toBe(6);
    expect(buckets(undone)).toEqual({ reversed: 6 });
    const next = await run(CSV);
    expect(next.summary.statuses).toMatchObject({ updated: 3 });
    expect((await run(CSV)).requests).toBe(0);
  });

  it("keeps an agent's edit, and says so", async () => {
    const { run, undo, emulator, names, tiers } = await account();
    const night = await run(CSV, ['--undoable']);
    emulator.edit(1, { name: 'Annette' });
    emulator.edit(2, { name: 'Beate', custom_attributes: { tier: 'silver' } });
    emulator.edit(3, { name: 'Car' }); // as it was before the run
    const undone = await undo(night);
    expect([names(), tiers()]).toEqual([
      ['Annette', 'Beate', 'Car'],
      ['old', 'silver', 'old'],
    ]);
    expect(buckets(undone)).toEqual({ reversed: 2, already: 1, edited: 3 });
    expect(undone.rows.map(({ status, reason, kept }) => [status, reason, kept])).toEqual(
      expect.arrayContaining([
        ['updated', undefined, { edited: ['name'] }],
        ['skipped', 'edited', { edited: ['name', 'custom_attributes.tier'] }],
        ['updated', undefined, undefined],
      ]),
    );
    expect(undone.stdout).toMatch(/edited +3 +changed by others since, kept/);
  });

  it('keeps what a later run sent or confirmed, unless --older-data says otherwise', async () => {
    const { run, undo, names } = await account();
    const night = await run(CSV, ['--undoable']);
    await run('id,name,tier\n1,Anne,gold\n2,Bea,\n');
    const undone = await undo(night);
    // of contact 2 the name was confirmed; of contact 1 the name was sent and the tier confirmed
    expect(buckets(undone)).toEqual({ reversed: 3, newer: 3 });
    expect(names()).toEqual(['Anne', 'Bea', 'Car']);
    const older = await undo(night, ['--older-data']);
    expect(buckets(older)).toEqual({ reversed: 2, already: 3, edited: 1 });
    expect(names()).toEqual(['Anne', 'Bee', 'Car']);
  });

  it('of a shard is not merged', async () => {
    const { run, undo } = await account();
    const share = await run(CSV, ['--undoable', '--shard', '1/2']);
    expect(share.summary.next).toContain('livedesk-sync merge');
    const undone = await undo(share);
    expect([undone.code, undone.summary.next ?? '']).toEqual([0, expect.not.stringContaining('merge')]);
  });

  it('runs that are undone one after the other, the newest first, come back to the beginning', async () => {
    const { run, undo, names } = await account();
    const first = await run(CSV, ['--undoable']);
    const second = await run(CSV.replaceAll('a,gold', 'e,gold'), ['--undoable']);
    expect(names()).toEqual(['Anne', 'Bee', 'Care']);
    const kept = await undo(first);
    expect(buckets(kept)).toEqual({ newer: 6 });
    expect(kept.summary.next).toMatch(
      /^put it back over what later runs sent .*livedesk-sync undo \S+ --older-data/,
    );
    expect(buckets(await undo(second))).toEqual({ reversed: 3 });
    expect(names()).toEqual(['Anna', 'Bea', 'Cara']);
    // the tier was confirmed by the second run, which was undone in the name alone
    expect(buckets(await undo(first))).toEqual({ reversed: 3, newer: 3 });
    expect(names()).toEqual(['Ann', 'Bee', 'Car']);
  });

  it('an undo can be undone, and that as well', async () => {
    const { run, undo, names, emulator } = await account();
    const night = await run(CSV, ['--undoable']);
    const undone = await undo(night);
    emulator.edit(1, { name: 'Annette' });
    const redone = await undo(undone);
    expect(buckets(redone)).toEqual({ reversed: 5, edited: 1 });
    expect(names()).toEqual(['Annette', 'Bea', 'Cara']);
    // what the run had sent counts as sent once more; the name that an agent gave was never sent over
    expect((await run(CSV)).summary.statuses).toMatchObject({ unchanged: 2, updated: 1 });
    const again = await undo(redone, ['--older-data']);
    expect(buckets(again)).toEqual({ reversed: 5 });
    expect(names()).toEqual(['Anna', 'Bee', 'Car']);
  });

  it('an undo that is repeated has nothing left to do', async () => {
    const { run, undo } = await account();
    const night = await run(CSV, ['--undoable']);
    await undo(night);
    const again = await undo(night);
    expect(buckets(again)).toEqual({ already: 6 });
    expect(again.sent).toEqual([]);
    expect((await run(CSV)).summary.statuses).toMatchObject({ updated: 3 });
  });

  it('a dry run sends and changes nothing', async () => {
    const { run, undo, names } = await account();
    const night = await run(CSV, ['--undoable']);
    const dry = await undo(night, ['--dry-run']);
    expect([dry.code, dry.sent, buckets(dry)]).toEqual([0, [], { planned: 6 }]);
    expect(names()).toEqual(['Anna', 'Bea', 'Cara']);
    const part = ['--contact', '1', '--contact', '3', '--field', 'name', '--older-data', '--dry-run'];
    const { summary } = await undo(night, part);
    const [words = '', command = ''] = (summary.next ?? '').split(': livedesk-sync ');
    expect(words).toBe('put it back');
    expect((await cliHere(command.split(' '))).code).toBe(0);
    expect(names()).toEqual(['Ann', 'Bea', 'Car']);
  });

  it('of chosen contacts and fields alone', async () => {
    const { run, undo, names, tiers } = await account();
    const night = await run(CSV, ['--undoable']);
    const chosen = ['--contact', '1', '--contact', '3', '--field', 'custom_attributes'];
    expect(buckets(await undo(night, chosen))).toEqual({ reversed: 2 });
    expect([names(), tiers()]).toEqual([
      ['Anna', 'Bea', 'Cara'],
      ['old', 'gold', 'old'],
    ]);
    const refused = await undo(night, ['--contact', '99']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--contact 99')]);
    expect((await undo(night, ['--contact', 'x'])).code).toBe(2);
  });

  it('attributes that were not there are emptied', async () => {
    const mapping = `${MAPPING.replace('.tier', '.fresh')}  blocked: blocked\n`;
    const { run, undo, emulator } = await account(mapping);
    const night = await run('id,name,tier,blocked\n2,Bee,gold,true\n', ['--undoable']);
    const undone = await undo(night);
    expect(buckets(undone)).toEqual({ reversed: 2 });
    expect(undone.summary.undo?.emptied).toBe(1);
    expect(emulator.contact(2)).toMatchObject({ blocked: false });
    expect(undone.stdout).toContain('the API cannot remove them');
  });

  it('what answers do not show is not reversible, and that is said', async () => {
    const { run, undo, tiers } = await account(MAPPING, { patchAnswer: 'no-custom-attributes' });
    const undone = await undo(await run('id,name,tier\n1,Anna,gold\n', ['--undoable']));
    expect(buckets(undone)).toEqual({ reversed: 1, not_reversible: 1 });
    expect(undone.summary.undo?.irreversible).toEqual({ not_shown: 1, inexact: 0, not_settable: 0 });
    expect(undone.stdout).toMatch(/not reversible +1 +kept: the API did not show/);
    expect(tiers()[0]).toBe('gold');
  });

  it('contacts that the run made are listed, and stay', async () => {
    const { run, undo, emulator } = await account(`
match: { email: email }
on_missing: create
inbox_id: 407
fields: { name: name, email: email, custom_attributes.tier: tier }
`);
    const night = await run('email,name,tier\nnew@x.de,Newt,gold\n', ['--undoable']);
    const [{ contact_id: id = 0 } = {}] = night.rows;
    const undone = await undo(night);
    expect(undone.code).toBe(0);
    expect(undone.summary.undo?.created).toEqual({ contacts: 1, ids: [id] });
    expect(emulator.contact(id)).toMatchObject({ name: 'Newt', custom_attributes: { tier: 'gold' } });
  });

  it('of two rows of a contact the first old value comes back', async () => {
    const { run, undo, names } = await account();
    const night = await run('id,name,tier\n1,Anna,gold\n1,Anne,gold\n', ['--undoable']);
    expect(buckets(await undo(night))).toEqual({ reversed: 2 });
    expect(names()[0]).toBe('Ann');
  });

  it('says how the same input is sent again', async () => {
    const { run, undo } = await account();
    const undone = await undo(await run(CSV, ['--undoable']));
    expect(undone.summary.undo?.again).toMatch(/^livedesk-sync run .*contacts\.csv -m /);
    expect(undone.stdout).toContain(undone.summary.undo?.again);
  });
});

describe('an undo of other runs', () => {
  it('of an applied plan', async () => {
    const { emulator, undo, names, dir } = await account();
    const plan = join(dir, 'plan.jsonl');
    writeChanges(plan, emulator.url, [
      changeLine(1, { name: ['Ann', 'Anna'] }),
      changeLine(2, { name: ['Bob', 'Bea'] }),
      changeLine(3, { name: ['Car', 'Cara'] }),
    ]);
    const runDir = join(dir, 'applied');
    const common = ['--undoable', '--rate', 'unlimited', '--state', join(dir, 'state')];
    const { code } = await cliHere(['apply', plan, '--run-dir', runDir, ...common]);
    expect([code, names()]).toEqual([1, ['Anna', 'Bee', 'Cara']]);
    expect(buckets(await undo({ runDir }))).toEqual({ reversed: 2 });
    expect(names()).toEqual(['Ann', 'Bee', 'Car']);
  });

  it('of a run that was refused in part: the refused contacts have nothing to go back', async () => {
    const { run, undo, emulator, names } = await account();
    emulator.set({ contactFaults: { 2: '500' } });
    const night = await run(CSV, ['--undoable', '--max-attempts', '1', '--max-errors', '100%']);
    emulator.set({ contactFaults: {} });
    expect(night.code).toBe(1);
    expect(buckets(await undo(night))).toEqual({ reversed: 4 });
    expect(names()).toEqual(['Ann', 'Bee', 'Car']);
  });

  it('bad contacts of an undo are sent again by --retry', async () => {
    const { run, runWith, undo, emulator, names } = await account();
    const night = await run(CSV, ['--undoable']);
    emulator.set({ contactFaults: { 2: '500' } });
    const undone = await undo(night, ['--max-attempts', '1']);
    expect([undone.code, buckets(undone)]).toEqual([1, { reversed: 4, failed: 2 }]);
    emulator.set({ contactFaults: {} });
    const retried = await runWith(['--retry', undone.runDir]);
    expect([retried.code, names()]).toEqual([0, ['Ann', 'Bee', 'Car']]);
    // what the retry put back does not count as newer
    expect(buckets(await undo(night))).toEqual({ already: 6 });
  });

  it('of a canary, and of the whole once the rest was done', async () => {
    const { run, runWith, undo, names } = await account();
    const canary = await run(CSV, ['--undoable', '--limit', '1']);
    expect(buckets(await undo(canary))).toEqual({ reversed: 2 });
    expect((await runWith(['--resume', canary.runDir, '--limit', 'all'])).code).toBe(0);
    expect(names()).toEqual(['Ann', 'Bea', 'Cara']);
    const whole = await undo(canary);
    expect(buckets(whole)).toEqual({ reversed: 4, already: 2 });
    expect(whole.summary.undo?.again).not.toContain('--limit');
  });
});

describe('an undo that is refused, with nothing sent', () => {
  it('of a run that was not undoable', async () => {
    const { run, undo } = await account();
    const refused = await undo(await run(CSV));
    expect([refused.code, refused.requests]).toEqual([2, 0]);
    expect(refused.stderr).toMatch(/ERR_NOT_UNDOABLE|--undoable next time/);
  });

  it('of a dry run', async () => {
    const { run, undo } = await account();
    expect((await undo(await run(CSV, ['--undoable', '--dry-run']))).code).toBe(2);
  });

  it.each<[how: string, change: (path: string, text: string) => void, says: RegExp]>([
    ['edited', (path, text) => writeFileSync(path, text.replace('"Bee"', '"Bob"')), /line 3/],
    ['cut in the middle', (path, text) => writeFileSync(path, without(text, 2)), /line 3/],
    ['cut at the end', (path, text) => writeFileSync(path, without(text, 3)), /was cut: it ends at line 3/],
    [
      'cut within the last line',
      (path, text) => truncateSync(path, text.length - 9),
      /was cut: it ends at line 3/,
    ],
    ['gone', (path) => rmSync(path), /is gone/],
    [
      'of another run',
      (path, text) => writeFileSync(path, text.replace(/"run_id":"./, '"run_id":"x')),
      /line 1/,
    ],
  ])('of images that are %s', async (_how, change, says) => {
    const { run, undo } = await account();
    const night = await run(CSV, ['--undoable', '--concurrency', '1']);
    const path = join(night.runDir, 'before.jsonl');
    change(path, readFileSync(path, 'utf8'));
    const refused = await undo(night);
    expect([refused.code, refused.requests, refused.stderr]).toEqual([2, 0, expect.stringMatching(says)]);
    expect(refused.stderr).not.toMatch(/Bee|Bob/);
  });

  it('of another account', async () => {
    const { run, undo, emulator } = await account();
    const night = await run(CSV, ['--undoable']);
    const other = await account();
    const refused = await undo(night, ['--base-url', other.emulator.url]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('belongs to account')]);
    expect([emulator.requests.length, refused.requests]).toEqual([0, 0]);
  });
});

/** The text without its line of that index. */
function without(text: string, index: number): string {
  return text
    .split('\n')
    .filter((_, i) => i !== index)
    .join('\n');
}
