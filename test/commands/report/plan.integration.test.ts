import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeLine, writeChanges, writePlan } from '../../helpers/change-file.ts';
import { cliHere } from '../../helpers/cli-here.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const TIER = 'custom_attributes.tier';

describe('report of a plan', () => {
  it('as Markdown: one sentence, the fields, old and new values, and what to do next', async () => {
    const plan = writePlan(
      join(tempDir(), 'plan.jsonl'),
      [
        changeLine(12, { name: ['Ann | <b>', 'Anna'], [TIER]: [null, 'gold'] }),
        changeLine(7, { [TIER]: [5, ''] }),
      ],
      { rows: { planned: 2, unchanged: 40, invalid: 1 } },
    );
    const { code, stdout } = await cliHere(['report', plan, '--format', 'markdown']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(plan, 'PLAN')).toMatchInlineSnapshot(`
      "### 2 contacts would change in LiveDesk; nothing was sent yet. 1 row cannot be sent and needs a person.

      PLAN, made 2026-11-28 00:00:00 UTC for account d59867077cca93ac at https://livedesk.example.com; rows that the state knows to be unchanged were not read; every other contact was. To apply it takes 4 requests, 0.2 min at 10/s.

      | field | contacts |
      |---|--:|
      | name | 1 |
      | custom&#95;attributes.tier | 2 |

      #### What would change

      | contact | field | now | then | rows |
      |--:|---|---|---|---|
      | 12 | name | Ann &#124; &lt;b&#62; | Anna | row 12 |
      | 12 | custom&#95;attributes.tier | *nothing* | gold | row 12 |
      | 7 | custom&#95;attributes.tier | 5 | *nothing* | row 7 |

      #### What to do next

      Try 10 contacts; the summary names the command for the rest:

      ~~~~sh
      livedesk-sync apply PLAN --limit 10
      ~~~~

      Or send all of it:

      ~~~~sh
      livedesk-sync apply PLAN
      ~~~~

      Then prove that it is done:

      ~~~~sh
      livedesk-sync plan --check PLAN
      ~~~~
      "
    `);
  });

  it('as figures', async () => {
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), [changeLine(1, { name: ['Ann', 'Anna'] })]);
    const { stdout } = await cliHere(['report', plan, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ contacts: 1, fields: { name: 1 }, compared_with: 'state' });
    expect(stdout).not.toContain('Anna');
  });

  it('as a page beside the plan, which lets nothing in', async () => {
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), [
      changeLine(1, { name: ['Ann', '</script><script>broken = 1</script>'] }),
    ]);
    const { code, stdout } = await cliHere(['report', plan]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('plan.html')]);
    const page = readFileSync(plan.replace('.jsonl', '.html'), 'utf8');
    expect(page).toContain('1 contact would change in LiveDesk; nothing was sent yet.');
    expect(page).not.toContain('<script>broken');
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toMatch(/https?:\/\/(?!livedesk\.example\.com)/);
  });

  it('as a page has every contact of a large plan, to a file or to stdout', async () => {
    const lines = Array.from({ length: 1_500 }, (_, i) =>
      changeLine(i + 1, { name: ['Ann', `Name ${i} <é>`] }),
    );
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), lines);
    await cliHere(['report', plan]);
    const { stdout } = await cliHere(['report', plan, '--format', 'html', '--output', '-']);
    expect(stdout).toBe(readFileSync(plan.replace('.jsonl', '.html'), 'utf8'));
    const [, data = ''] =
      /<script type="application\/json" id="contacts">([^<]*)<\/script>/.exec(stdout) ?? [];
    const contacts: [number, string, [string, string, string][]][] = JSON.parse(data);
    expect(contacts.map(([, , [field]]) => field?.[2])).toEqual(lines.map((_, i) => `Name ${i} <é>`));
    // those of the table that stands there without scripts
    expect(stdout.match(/<tr><th scope="row" data-label/g)).toHaveLength(200);
    expect(stdout).toContain('The first 200 contacts');
  });

  it('as Markdown counts what it does not list', async () => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      changeLine(i + 1, { name: ['Ann', 'Anna'], [TIER]: [1, 2] }),
    );
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), lines, { fields: { name: 300, [TIER]: 300 } });
    const { stdout } = await cliHere(['report', plan, '--format', 'markdown']);
    expect(stdout).toContain('and 550 other fields, in ');
  });

  it('that changes nothing says so', async () => {
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), []);
    const { stdout } = await cliHere(['report', plan, '--format', 'markdown']);
    expect(stdout).toContain('### Nothing would change in LiveDesk.');
    expect(stdout).not.toContain('What to do next');
  });

  it('that was edited is refused with its line', async () => {
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), [changeLine(1, { name: ['Ann', 'Anna'] })]);
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('Anna', 'Anne'));
    const { code, stderr } = await cliHere(['report', plan]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('plan.jsonl, line 2: it was edited')]);
  });

  it('what is no plan is refused', async () => {
    const file = join(tempDir(), 'undo.jsonl');
    writeChanges(file, 'https://livedesk.example.com', [changeLine(1, { name: ['Anna', 'Ann'] })], 'undo');
    const { code, stderr } = await cliHere(['report', file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('line 1: it is not the header of a plan')]);
  });
});
