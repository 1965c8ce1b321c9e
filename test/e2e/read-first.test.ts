import { describe, expect, it, test } from 'vitest';
import { nights } from '../helpers/nights.ts';

const THEIRS = `
contact_id: id
defaults: { on_conflict: theirs }
fields:
  name: name
  custom_attributes.tier: tier
`;
const ENFORCE = THEIRS.replace('theirs', 'enforce');
const OURS = THEIRS.replace('theirs', 'ours');
const MATCH = `
match: { email: email }
defaults: { on_conflict: theirs }
fields:
  name: name
  custom_attributes.tier: tier
`;

const row = (name: string, tier: string) => `id,name,tier\n1,${name},${tier}\n`;

/** An account whose contact 1 the first night has brought to Ann, gold. */
async function afterFirstNight(mapping: string, hasState = true) {
  const account = await nights(mapping, {}, hasState);
  account.emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'gold' } });
  await account.run(row('Ann', 'gold'), hasState ? [] : ['--no-state']);
  return account;
}

describe('on_conflict: theirs, and nothing pulled', () => {
  it("an agent's edit survives the input's change of the same field, and that is told", async () => {
    const { run, emulator } = await afterFirstNight(THEIRS);
    emulator.edit(1, { name: 'Ann Smith' });
    const { rows, requests, summary } = await run(row('Anna', 'gold'));
    expect(emulator.contact(1)).toMatchObject({ name: 'Ann Smith' });
    expect(rows).toMatchObject([{ status: 'unchanged', conflicts: ['name'], attempts: 1 }]);
    expect([requests, summary.conflicts]).toEqual([1, { name: 1 }]);
    // it is told once, and costs nothing as long as the row stays as it is
    expect((await run(row('Anna', 'gold'))).requests).toBe(0);
  });

  it('what changed beside it is sent alone', async () => {
    const { run, emulator } = await afterFirstNight(THEIRS);
    emulator.edit(1, { name: 'Ann Smith' });
    const { rows, sent } = await run(row('Anna', 'silver'));
    expect(sent.at(-1)).toEqual({ contactId: 1, body: { custom_attributes: { tier: 'silver' } } });
    expect(emulator.contact(1)).toMatchObject({ name: 'Ann Smith', custom_attributes: { tier: 'silver' } });
    expect(rows).toMatchObject([
      { status: 'updated', fields: ['custom_attributes.tier'], conflicts: ['name'], attempts: 2 },
    ]);
  });

  it('a row that changes nothing is not read', async () => {
    const { run } = await afterFirstNight(THEIRS);
    expect((await run(row('Ann', 'gold'))).requests).toBe(0);
  });

  it.each([true, false])(
    'where nothing was ever sent, what the account has is kept and what it lacks is filled (with a state: %s)',
    async (hasState) => {
      const { run, emulator } = await nights(THEIRS, {}, hasState);
      emulator.edit(1, { name: 'Ann Smith', custom_attributes: {} });
      const { rows } = await run(row('Anna', 'silver'), hasState ? [] : ['--no-state']);
      expect(emulator.contact(1)).toMatchObject({ name: 'Ann Smith', custom_attributes: { tier: 'silver' } });
      expect(rows).toMatchObject([
        { status: 'updated', conflicts: ['name'], fields: ['custom_attributes.tier'] },
      ]);
    },
  );

  it('--full sends all the same', async () => {
    const { run, emulator } = await afterFirstNight(THEIRS);
    emulator.edit(1, { name: 'Ann Smith' });
    expect((await run(row('Anna', 'gold'), ['--full'])).requests).toBe(1);
    expect(emulator.contact(1)).toMatchObject({ name: 'Anna' });
  });

  it('the answer to a write serves for the next row of the contact', async () => {
    const { run } = await afterFirstNight(THEIRS);
    const { rows, requests } = await run('id,name,tier\n1,Anna,gold\n1,Anne,gold\n');
    expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['updated', 2],
      ['updated', 1],
    ]);
    expect(requests).toBe(3);
  });

  it('the answer to a search serves for a read', async () => {
    const { run, emulator } = await nights(MATCH);
    emulator.edit(7, { email: 'seven@example.com', name: 'Sue', custom_attributes: {} });
    const { rows, requests } = await run('email,name,tier\nseven@example.com,Susan,gold\n');
    expect(rows).toMatchObject([
      { status: 'updated', conflicts: ['name'], fields: ['custom_attributes.tier'] },
    ]);
    expect(requests).toBe(2); // the search, and the write
    expect(emulator.contact(7)).toMatchObject({ name: 'Sue', custom_attributes: { tier: 'gold' } });
  });

  it('a dry run counts the reads', async () => {
    const { run } = await afterFirstNight(THEIRS);
    const { summary } = await run(row('Anna', 'silver'), ['--dry-run']);
    expect(summary).toMatchObject({ requests: 0, forecast: { requests: 2, reads: 1 } });
  });

  it('fields that answers do not show are sent, and that is said', async () => {
    const { run, emulator } = await nights(THEIRS, { patchAnswer: 'no-custom-attributes' });
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'bronze' } });
    const { rows, summary } = await run(row('Ann', 'silver'));
    expect(rows).toMatchObject([{ status: 'updated', fields: ['custom_attributes.tier'] }]);
    expect(summary.warnings).toContainEqual(
      expect.stringMatching(
        /^1 field under `on_conflict: theirs` was sent without knowing what the account held/,
      ),
    );
  });
});

describe('on_conflict: enforce', () => {
  it("puts an agent's edit back although the input did not change", async () => {
    const { run, emulator } = await afterFirstNight(ENFORCE);
    emulator.edit(1, { name: 'Ann Smith' });
    const { rows } = await run(row('Ann', 'gold'));
    expect(emulator.contact(1)).toMatchObject({ name: 'Ann', custom_attributes: { tier: 'gold' } });
    expect(rows).toMatchObject([{ status: 'updated', attempts: 1 }]);
  });

  it('sends only what differs where a pull has just seen the account, and tells whose edit was put back', async () => {
    const { run, pull, emulator } = await afterFirstNight(ENFORCE);
    await pull();
    expect((await run(row('Ann', 'gold'))).requests).toBe(0);
    emulator.edit(1, { name: 'Ann Smith' });
    await pull();
    const { sent, rows } = await run(row('Ann', 'gold'));
    expect(sent).toEqual([{ contactId: 1, body: { name: 'Ann' } }]);
    expect(rows).toMatchObject([{ conflicts: ['name'] }]);
  });

  it('with --read-first changed sends nothing that is there already', async () => {
    const { run, emulator } = await afterFirstNight(ENFORCE);
    const { rows, requests } = await run(row('Ann', 'gold'), ['--read-first', 'changed']);
    expect(rows).toMatchObject([{ status: 'unchanged', attempts: 1 }]);
    expect(requests).toBe(1);
    emulator.edit(1, { name: 'Ann Smith' });
    const { sent } = await run(row('Ann', 'gold'), ['--read-first', 'changed']);
    expect(sent.at(-1)).toEqual({ contactId: 1, body: { name: 'Ann' } });
  });
});

describe('--read-first changed', () => {
  test.each([true, false])(
    'reads every contact that is about to be changed (with a state: %s)',
    async (hasState) => {
      const { run, emulator } = await afterFirstNight(OURS, hasState);
      emulator.edit(1, { name: 'Anna', custom_attributes: { tier: 'bronze' } });
      const none = hasState ? [] : ['--no-state'];
      const { rows, sent } = await run(row('Anna', 'silver'), ['--read-first', 'changed', ...none]);
      expect(sent.at(-1)).toEqual({ contactId: 1, body: { custom_attributes: { tier: 'silver' } } });
      expect(rows).toMatchObject([{ status: 'updated', attempts: 2 }]);
    },
  );

  it('a conflict that the read does not bear out is not told', async () => {
    const { run, pull, emulator } = await afterFirstNight(OURS);
    emulator.edit(1, { name: 'Ann Smith' });
    await pull();
    emulator.edit(1, { name: 'Ann' }); // the agent took it back
    const { rows } = await run(row('Anna', 'gold'), ['--read-first', 'changed']);
    expect(rows).toMatchObject([{ status: 'updated', attempts: 2 }]);
    expect(rows[0]).not.toHaveProperty('conflicts');
  });

  it('another word is refused', async () => {
    const { run } = await nights(OURS);
    const { code, stderr } = await run(row('Ann', 'gold'), ['--read-first', 'all']);
    expect(code).toBe(2);
    expect(stderr).toContain('--read-first');
  });
});
