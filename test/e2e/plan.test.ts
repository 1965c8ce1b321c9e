import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import type { ChangeLine } from '../../src/journal/change-line.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { planningAccount } from '../helpers/plans.ts';

const TIER = 'custom_attributes.tier';
const MAPPING = `
contact_id: id
fields:
  name: name
  custom_attributes.tier: tier
`;
const MATCH = MAPPING.replace('contact_id: id', 'match: { email: email }');

const from = (change: ChangeLine | undefined) => change?.fields;

describe('plan', () => {
  it('reads each contact that would change, writes nothing to it, and shows what it holds and would hold', async () => {
    const { plan, emulator } = await planningAccount(MAPPING);
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'silver' } });
    emulator.edit(2, { name: 'Bob', custom_attributes: { tier: 'gold' } });
    const planned = await plan('id,name,tier\n1,Anna,gold\n2,Bob,gold\n');
    expect(planned.code).toBe(0);
    expect([planned.requests, planned.sent]).toEqual([2, []]);
    expect(planned.lines).toEqual([
      {
        contact: 1,
        fields: { name: { from: 'Ann', to: 'Anna' }, [TIER]: { from: 'silver', to: 'gold' } },
        rows: [{ row: 1, line: 2 }],
      },
    ]);
    expect(planned.rows.map(({ row, status }) => [row, status]).sort()).toEqual([
      [1, 'planned'],
      [2, 'unchanged'],
    ]);
    expect(planned.header).toMatchObject({
      changes: 'apply',
      contacts: 1,
      inputs: [{ name: expect.stringContaining('contacts.csv') }],
      compared_with: 'contacts',
      rows: { planned: 1, unchanged: 1 },
      fields: { name: 1, [TIER]: 1 },
      requests: { rate: null, plan: { requests: 2 }, apply: { requests: 2 } },
    });
    expect(statSync(join(planned.runDir, 'plan.jsonl')).mode & 0o777).toBe(0o600);
    expect(planned.files).not.toContain('plan.part');
  });

  it('what the state knows to be unchanged is not read', async () => {
    const { plan, run, emulator } = await planningAccount(MAPPING);
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'gold' } });
    await run('id,name,tier\n1,Ann,gold\n2,Bob,gold\n');
    const planned = await plan('id,name,tier\n1,Ann,gold\n2,Rob,gold\n');
    expect(planned.requests).toBe(1);
    expect(planned.header.compared_with).toBe('state');
    expect(planned.lines).toMatchObject([{ contact: 2, fields: { name: { from: 'Bob', to: 'Rob' } } }]);
  });

  it('--full reads the contact of every row', async () => {
    const { plan, run, emulator } = await planningAccount(MAPPING);
    await run('id,name,tier\n1,Ann,gold\n');
    emulator.edit(1, { name: 'Ann Smith' });
    expect((await plan('id,name,tier\n1,Ann,gold\n')).lines).toEqual([]);
    const planned = await plan('id,name,tier\n1,Ann,gold\n', '--full');
    expect(planned.lines).toMatchObject([{ contact: 1, fields: { name: { from: 'Ann Smith', to: 'Ann' } } }]);
  });

  it('several rows of a contact are one line: the first value that is there, the last that would be', async () => {
    const { plan, apply, emulator } = await planningAccount(MAPPING);
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'silver' } });
    emulator.edit(2, { name: 'Bob', custom_attributes: {} });
    const csv = 'id,name,tier\n1,Anna,gold\n2,Rob,\n1,Anne,\n1,Anja,silver\n2,Bob,\n2,Bob,\n';
    const planned = await plan(csv);
    expect(planned.lines).toEqual([
      {
        contact: 1,
        fields: { name: { from: 'Ann', to: 'Anja' } },
        rows: [
          { row: 1, line: 2 },
          { row: 3, line: 4 },
          { row: 4, line: 5 },
        ],
      },
    ]);
    expect(planned.requests).toBe(2); // what was read once serves for the rows that follow
    expect(planned.summary.statuses).toMatchObject({ planned: 5, unchanged: 1 });
    expect((await apply(planned)).sent).toEqual([{ contactId: 1, body: { name: 'Anja' } }]);
  });

  it('a row that the state takes for unchanged is planned all the same behind one that changes its contact', async () => {
    const { plan, run, emulator } = await planningAccount(MAPPING);
    emulator.edit(1, { name: 'Ann', custom_attributes: {} });
    await run('id,name,tier\n1,Ann,\n');
    const planned = await plan('id,name,tier\n1,Anna,\n1,Ann,\n');
    expect(planned.lines).toEqual([]);
    expect(planned.summary.statuses).toMatchObject({ planned: 2 });
  });

  it('the answer to a search serves for a read', async () => {
    const { plan, emulator } = await planningAccount(MATCH);
    emulator.edit(7, { email: 'seven@example.com', name: 'Sue', custom_attributes: {} });
    const planned = await plan('email,name,tier\nseven@example.com,Susan,gold\n');
    expect(planned.requests).toBe(1);
    expect(planned.lines).toMatchObject([
      { contact: 7, fields: { name: { from: 'Sue', to: 'Susan' }, [TIER]: { from: null, to: 'gold' } } },
    ]);
  });

  it('on_conflict: theirs keeps what an agent has changed', async () => {
    const { plan, run, emulator } = await planningAccount(`defaults: { on_conflict: theirs }\n${MAPPING}`);
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'gold' } });
    await run('id,name,tier\n1,Ann,gold\n');
    emulator.edit(1, { name: 'Ann Smith' });
    const planned = await plan('id,name,tier\n1,Anna,silver\n');
    expect(planned.lines.map(from)).toEqual([{ [TIER]: { from: 'gold', to: 'silver' } }]);
    expect(planned.summary.conflicts).toEqual({ name: 1 });
  });

  it('bad rows end as ever, are no part of the plan, and the counts add up', async () => {
    const { plan } = await planningAccount(MAPPING);
    const planned = await plan('id,name,tier\n1,Anna,gold\nx,Bob,gold\n,,\n999999,Eve,gold\n');
    expect(planned.code).toBe(1);
    expect(planned.summary.rows_read).toBe(4);
    expect(planned.summary.statuses).toMatchObject({ planned: 1, invalid: 1, skipped: 1, rejected: 1 });
    expect(planned.lines.map(({ contact }) => contact)).toEqual([1]);
    expect(planned.summary.next).toContain('correct the input or the mapping and plan again');
  });

  it('rows that would make a contact are counted, said, and no part of the plan', async () => {
    const { plan, emulator } = await planningAccount(`on_missing: create\ninbox_id: 1\n${MATCH}`);
    emulator.edit(7, { email: 'seven@example.com', name: 'Sue' });
    const planned = await plan('email,name,tier\nseven@example.com,Susan,gold\nnew@example.com,New,gold\n');
    expect(planned.lines.map(({ contact }) => contact)).toEqual([7]);
    expect(planned.summary.statuses).toMatchObject({ planned: 2, created: 0 });
    expect(planned.summary.warnings).toContainEqual(expect.stringMatching(/^1 row would make a contact/));
    const none = await plan('email,name,tier\nnew@example.com,New,gold\n');
    expect(none.lines).toEqual([]);
    expect(none.stdout).not.toContain('apply');
  });

  it('changes nothing: no number is taken, the state and the next run are as before', async () => {
    const { plan, run } = await planningAccount(MAPPING);
    await run('id,name,tier\n1,Ann,gold\n');
    await plan('id,name,tier\n1,Anna,gold\n');
    const night = await run('id,name,tier\n1,Anna,gold\n');
    expect(night.rows).toMatchObject([{ status: 'updated', fields: ['name'] }]);
    const [header] = night.journal;
    expect(header).toMatchObject({ number: 2 });
  });

  it('prints what to do next, with the requests that it takes', async () => {
    const { plan } = await planningAccount(MAPPING);
    const planned = await plan('id,name,tier\n1,Anna,gold\n', '--rate', '50');
    const file = join(planned.runDir, 'plan.jsonl');
    expect(planned.summary.forecast).toMatchObject({ requests: 2, reads: 1 });
    expect(planned.stdout).toContain('Plan complete');
    expect(planned.stdout).toContain(`look at it: livedesk-sync report ${file}`);
    expect(planned.stdout).toMatch(
      new RegExp(`or send all of it: livedesk-sync apply ${file} --state \\S+ --rate 50\n`),
    );
  });

  it('cannot be gone on with, and says how to begin anew', async () => {
    const { plan } = await planningAccount(MAPPING);
    const { runDir } = await plan('id,name,tier\n1,Anna,gold\n');
    const { code, stderr } = await cliHere(['run', '--resume', runDir]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is a plan, which is begun anew: livedesk-sync plan \S*contacts\.csv -m /);
  });

  it('needs credentials', async () => {
    const { dir, write } = await planningAccount(MAPPING);
    const input = write('contacts.csv', 'id,name,tier\n1,Anna,gold\n');
    const { code, stderr } = await cliHere(['plan', input, '-m', join(dir, 'mapping.yaml')], { env: {} });
    expect([code, stderr]).toEqual([2, expect.stringContaining('ERR_CREDENTIALS_MISSING')]);
  });
});

describe('plan, apply, plan --check', () => {
  const CSV = 'id,name,tier\n1,Anna,gold\n2,Rob,silver\n3,Eve,gold\n';

  it('a check proves that every contact is as planned', async () => {
    const { plan, apply, check, run } = await planningAccount(MAPPING);
    const planned = await plan(CSV);
    const before = await check(planned);
    expect([before.code, before.summary.statuses.planned]).toEqual([1, 3]);
    expect(before.summary.next).toMatch(/^send what is left of it: livedesk-sync apply \S+plan\.jsonl/);
    const applied = await apply(planned);
    expect([applied.code, applied.sent.length]).toEqual([0, 3]);
    const after = await check(planned);
    expect([after.code, after.sent, after.requests]).toEqual([0, [], 3]);
    expect(after.stdout).toMatch(/Check of the plan complete[\s\S]*unchanged +3 +as planned/);
    // the input has nothing left to send, and the state knows
    const night = await run(CSV);
    expect([night.requests, night.summary.statuses.unchanged]).toEqual([0, 3]);
    expect(night.summary.warnings).toEqual([]);
  });

  it('a check tells what was changed by others since', async () => {
    const { plan, apply, check, emulator } = await planningAccount(MAPPING);
    const planned = await plan(CSV);
    await apply(planned);
    emulator.edit(2, { name: 'Robert' });
    const { code, rows } = await check(planned);
    expect(code).toBe(1);
    expect(rows.filter(({ status }) => status !== 'unchanged')).toMatchObject([
      { contact_id: 2, status: 'invalid', error: { code: 'ERR_MOVED', field: 'name' } },
    ]);
  });

  it('the values that were planned are sent, whatever becomes of the input', async () => {
    const { plan, apply, write } = await planningAccount(MAPPING);
    const planned = await plan(CSV);
    write('contacts.csv', 'id,name,tier\n1,Other,none\n');
    const { sent } = await apply(planned);
    expect(sent.map(({ body }) => body['name']).sort()).toEqual(['Anna', 'Eve', 'Rob']);
  });

  it('a check takes no input beside the plan', async () => {
    const { code, stderr } = await cliHere(['plan', 'a.csv', '--check', 'plan.jsonl']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--check names a plan')]);
  });

  it('four hundred contacts, of which agents change twenty before the plan is applied: exactly those are refused', async () => {
    const { plan, apply, emulator } = await planningAccount(MAPPING, { contacts: 400 });
    const ids = Array.from({ length: 400 }, (_, i) => i + 1);
    const csv = ids.map((id) => `${id},New ${id},tier-${id}\n`).join('');
    const planned = await plan(`id,name,tier\n${csv}`);
    expect(planned.header.contacts).toBe(400);
    const moved = ids.filter((id) => id % 20 === 7);
    for (const id of moved) emulator.edit(id, { name: `Agent ${id}` });
    const applied = await apply(planned);
    expect(applied.summary).toMatchObject({
      rows_read: 400,
      statuses: { updated: 380, invalid: 20 },
      causes: [{ code: 'ERR_MOVED', count: 20 }],
    });
    const refused = applied.rows.filter(({ status }) => status === 'invalid');
    expect(refused.map(({ contact_id: id }) => id).sort((a = 0, b = 0) => a - b)).toEqual(moved);
    const expected = new Map(planned.lines.map(({ contact, fields }) => [contact, fields]));
    expect(applied.sent).toHaveLength(380);
    for (const { contactId, body } of applied.sent) {
      const values = { name: body['name'], [TIER]: (body['custom_attributes'] as JsonObject)['tier'] };
      const planned = Object.entries(expected.get(contactId) ?? {}).map(([path, { to }]) => [path, to]);
      expect(values).toEqual(Object.fromEntries(planned));
    }
    expect(readFileSync(join(applied.runDir, 'results.jsonl'), 'utf8')).not.toContain('Agent 7');
  });
});
