import { describe, expect, it } from 'vitest';
import { type Nights, nights } from '../helpers/nights.ts';

const MAPPING = `
contact_id: id
fields:
  name: name
  custom_attributes.tier: tier
  custom_attributes.note: note
`;

const row = (name: string, tier: string, note = 'same') => `id,name,tier,note\n1,${name},${tier},${note}\n`;

/** An account that the first night has brought to Ann, gold. */
async function afterFirstNight(mapping = MAPPING): Promise<Nights> {
  const account = await nights(mapping);
  await account.run(row('Ann', 'gold'));
  return account;
}

it("an agent's edit survives where the input did not change the field, and the input's change arrives", async () => {
  const { run, pull, emulator } = await afterFirstNight();
  emulator.edit(1, { name: 'Ann Smith' });
  await pull();

  const night = await run(row('Ann', 'silver'));

  expect(night.sent).toEqual([{ contactId: 1, body: { custom_attributes: { tier: 'silver' } } }]);
  expect(emulator.contact(1)).toMatchObject({ name: 'Ann Smith', custom_attributes: { tier: 'silver' } });
  expect(night.summary.conflicts).toEqual({});
  // and it goes on surviving
  expect((await run(row('Ann', 'silver'))).requests).toBe(0);
});

it("an agent's edit is learned from the answer to another field, without a pull", async () => {
  const { run, emulator } = await afterFirstNight();
  emulator.edit(1, { name: 'Ann Smith' });
  await run(row('Ann', 'silver'));
  const { rows, sent } = await run(row('Anna', 'silver'));
  expect(sent).toEqual([{ contactId: 1, body: { name: 'Anna' } }]);
  expect(rows[0]).toMatchObject({ conflicts: ['name'] });
});

it('what an agent and the input changed alike is not sent', async () => {
  const { run, pull, emulator } = await afterFirstNight();
  emulator.edit(1, { name: 'Anna' });
  await pull();
  const { requests, rows } = await run(row('Anna', 'gold'));
  expect(requests).toBe(0);
  expect(rows[0]).toMatchObject({ status: 'unchanged' });
  expect(rows[0]).not.toHaveProperty('conflicts');
});

describe('changed on both sides', () => {
  it('the input wins by default, and it is told', async () => {
    const { run, pull, emulator } = await afterFirstNight();
    emulator.edit(1, { name: 'Ann Smith' });
    await pull();

    const { sent, rows, summary, code, stdout } = await run(row('Anna', 'gold'));

    expect(sent).toEqual([{ contactId: 1, body: { name: 'Anna' } }]);
    expect(rows[0]).toMatchObject({ status: 'updated', conflicts: ['name'] });
    expect(summary.conflicts).toEqual({ name: 1 });
    expect(stdout).toContain(
      'conflict: name in 1 row: changed in LiveDesk and in the input since the last run',
    );
    expect(code).toBe(0);
    expect((await run(row('Anna', 'gold'))).summary.conflicts).toEqual({});
  });

  it('with `on_conflict: theirs` the agent wins, and it is told once', async () => {
    const { run, pull, emulator } = await afterFirstNight(
      MAPPING.replace('name: name', 'name: { column: name, on_conflict: theirs }'),
    );
    emulator.edit(1, { name: 'Ann Smith', custom_attributes: { tier: 'bronze' } });
    await pull();

    const { sent, rows, summary, code } = await run(row('Anna', 'silver'));

    expect(sent).toEqual([{ contactId: 1, body: { custom_attributes: { tier: 'silver' } } }]);
    expect(rows[0]?.conflicts?.toSorted()).toEqual(['custom_attributes.tier', 'name']);
    expect(summary.conflicts).toEqual({ name: 1, 'custom_attributes.tier': 1 });
    expect(code).toBe(0);
    expect(emulator.contact(1)).toMatchObject({ name: 'Ann Smith', custom_attributes: { tier: 'silver' } });
    const next = await run(row('Anna', 'silver'));
    expect([next.requests, next.summary.conflicts]).toEqual([0, {}]);
    // a further change of the input is a conflict again
    expect((await run(row('Annabel', 'silver'))).summary.conflicts).toEqual({ name: 1 });
  });

  it('a row with nothing but a lost conflict is `unchanged` and names it', async () => {
    const { run, pull, emulator } = await afterFirstNight(`${MAPPING}defaults: { on_conflict: theirs }\n`);
    emulator.edit(1, { name: 'Ann Smith' });
    await pull();
    const { rows, requests, summary } = await run(row('Anna', 'gold'));
    expect(requests).toBe(0);
    expect(rows[0]).toMatchObject({ status: 'unchanged', conflicts: ['name'] });
    expect(summary.conflicts).toEqual({ name: 1 });
  });
});

describe('the first run after a pull', () => {
  it.each([
    ['ours', 'Ann'],
    ['theirs', 'Somebody'],
  ])('with `on_conflict: %s`', async (policy, name) => {
    const contactList = [{ id: 1, name: 'Somebody', email: 'a@example.com' }];
    const account = await nights(`${MAPPING}defaults: { on_conflict: ${policy} }\n`, {
      contactList,
      contacts: 0,
    });
    await account.pull();
    await account.run(row('Ann', 'gold'));
    expect(account.emulator.contact(1)?.['name']).toBe(name);
  });

  it('sends nothing that the account has already', async () => {
    const { emulator, pull, run } = await nights('contact_id: id\nfields: { name: name, email: email }\n');
    await pull();
    const same = Array.from({ length: 100 }, (_, i) => {
      const contact = emulator.contact(i + 1);
      return `${i + 1},"${contact?.['name']}",${contact?.['email'] ?? ''}\n`;
    });
    const { requests, summary } = await run(`id,name,email\n${same.join('')}`);
    expect(requests).toBe(0);
    expect(summary.statuses.unchanged).toBe(100);
  });
});
