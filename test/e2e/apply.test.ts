import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { writeChangeFile } from '../../src/journal/change-file.ts';
import type { ChangeKind, ChangeLine } from '../../src/journal/change-line.ts';
import { changeLine, changesHeader, writeChanges } from '../helpers/change-file.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { readBack } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const TIER = 'custom_attributes.tier';

/** An account of ten contacts, a plan for it, and a state. */
async function account(lines: readonly ChangeLine[], kind: ChangeKind = 'apply') {
  const emulator = await emulatorHere({ contacts: 10 });
  const dir = tempDir();
  const plan = join(dir, 'plan.jsonl');
  writeChanges(plan, emulator.url, lines, kind);
  const paced = ['--rate', 'unlimited', '--state', join(dir, 'state')];
  let runs = 0;
  const started = async (args: readonly string[], place: readonly string[]) => {
    emulator.reset();
    const ended = await cliHere([...args, ...paced, ...place]);
    const runDir = place[1] ?? join(dir, `run-${runs}`);
    return {
      ...readBack({ ...ended, signal: null }, runDir),
      sent: emulator.journal
        .map(({ contactId, body }) => ({ contactId, body: body as JsonObject }))
        .filter(({ body }) => Object.keys(body).length > 0),
    };
  };
  return {
    emulator,
    dir,
    plan,
    apply: (...args: string[]) => {
      runs += 1;
      return started(['apply', plan, ...args], ['--run-dir', join(dir, `run-${runs}`)]);
    },
    retry: (of: string, ...args: string[]) => {
      runs += 1;
      return started(['run', '--retry', of, ...args], ['--run-dir', join(dir, `run-${runs}`)]);
    },
    resume: (...args: string[]) => started(['run', '--resume', join(dir, `run-${runs}`), ...args], []),
  };
}

describe('apply', () => {
  it('sends the fields and values of the plan, each contact read first', async () => {
    const { emulator, apply } = await account([
      changeLine(1, { name: ['Ann', 'Anna'], [TIER]: [null, 'gold'] }),
      changeLine(2, { name: ['Bob', 'Rob'] }),
    ]);
    emulator.edit(1, { name: 'Ann', custom_attributes: { plan: 'team' } });
    emulator.edit(2, { name: 'Bob' });
    const { code, sent, rows, summary } = await apply();
    expect(code).toBe(0);
    expect(sent).toEqual([
      { contactId: 1, body: { name: 'Anna', custom_attributes: { tier: 'gold' } } },
      { contactId: 2, body: { name: 'Rob' } },
    ]);
    expect(rows.map(({ row, line, status, attempts }) => [row, line, status, attempts])).toEqual([
      [1, 2, 'updated', 2],
      [2, 3, 'updated', 2],
    ]);
    expect(summary).toMatchObject({ rows_read: 2, requests: 4 });
    expect(emulator.contact(1)).toMatchObject({ custom_attributes: { plan: 'team', tier: 'gold' } });
  });

  it('a line of which a field has moved is refused as a whole, and says which, never to what', async () => {
    const { emulator, apply } = await account([
      changeLine(1, { name: ['Ann', 'Anna'], [TIER]: [null, 'gold'] }),
      changeLine(2, { name: ['Bob', 'Rob'] }),
    ]);
    emulator.edit(1, { name: 'Ann', custom_attributes: { tier: 'secret-tier' } });
    emulator.edit(2, { name: 'Bob' });
    const { code, sent, rows, file } = await apply();
    expect(code).toBe(1);
    expect(sent).toEqual([{ contactId: 2, body: { name: 'Rob' } }]);
    expect(rows[0]).toMatchObject({
      status: 'invalid',
      contact_id: 1,
      error: { code: 'ERR_MOVED', field: TIER },
    });
    expect(file('results.jsonl')).not.toContain('secret-tier');
    expect(file('rejects.jsonl')).toContain('ERR_MOVED');
  });

  it('what holds the planned values already is left alone, and applying once more is harmless', async () => {
    const { emulator, apply } = await account([
      changeLine(1, { name: ['Ann', 'Anna'], [TIER]: [null, 'gold'] }),
    ]);
    emulator.edit(1, { name: 'Anna', custom_attributes: {} });
    const first = await apply();
    expect(first.sent).toEqual([{ contactId: 1, body: { custom_attributes: { tier: 'gold' } } }]);
    const second = await apply();
    expect([second.code, second.sent]).toEqual([0, []]);
    expect(second.rows).toMatchObject([{ status: 'unchanged', attempts: 1 }]);
  });

  it('additional_attributes are completed with what the contact has', async () => {
    const { emulator, apply } = await account([
      changeLine(1, { 'additional_attributes.city': ['Bonn', 'Berlin'] }),
    ]);
    emulator.edit(1, { additional_attributes: { city: 'Bonn', telegram: 'ann' } });
    const { sent, rows } = await apply();
    expect(sent).toMatchObject([
      { contactId: 1, body: { additional_attributes: { city: 'Berlin', telegram: 'ann' } } },
    ]);
    expect(rows).toMatchObject([{ status: 'updated', attempts: 2 }]);
  });

  it('a canary goes on by the printed command', async () => {
    const { emulator, apply, resume } = await account([
      changeLine(1, { name: ['Ann', 'Anna'] }),
      changeLine(2, { name: ['Bob', 'Rob'] }),
    ]);
    emulator.edit(1, { name: 'Ann' });
    emulator.edit(2, { name: 'Bob' });
    const canary = await apply('--limit', '1');
    expect(canary.sent).toHaveLength(1);
    expect(canary.summary.next).toMatch(/run --resume \S+ --limit all$/);
    const rest = await resume('--limit', 'all');
    expect(rest.sent).toEqual([{ contactId: 2, body: { name: 'Rob' } }]);
    expect(rest.summary.statuses).toMatchObject({ updated: 2 });
  });

  it('lines that were refused are sent once their rejects say what the contact holds now', async () => {
    const { emulator, apply, retry } = await account([
      changeLine(1, { name: ['Ann', 'Anna'] }),
      changeLine(2, { name: ['Bob', 'Rob'] }),
    ]);
    emulator.edit(1, { name: 'Ann Smith' });
    emulator.edit(2, { name: 'Bob' });
    const { runDir } = await apply();
    const again = await retry(runDir);
    expect([again.code, again.sent]).toEqual([1, []]);
    const rejects = join(runDir, 'rejects.jsonl');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('"from":"Ann"', '"from":"Ann Smith"'));
    const corrected = await retry(runDir, '--corrected');
    expect([corrected.code, corrected.sent]).toEqual([0, [{ contactId: 1, body: { name: 'Anna' } }]]);
  });

  it('a dry run sends nothing, and its next command applies the plan', async () => {
    const { apply, plan, emulator } = await account([changeLine(1, { name: ['Ann', 'Anna'] })]);
    const { sent, summary } = await apply('--dry-run');
    expect([sent, emulator.requests.length]).toEqual([[], 0]);
    expect(summary).toMatchObject({ statuses: { planned: 1 }, forecast: { requests: 2, reads: 1 } });
    expect(summary.next).toMatch(new RegExp(`apply \\S*${basename(plan)} .*--limit 10`));
  });

  it('an undo leaves out what was edited since, and skips a line of which nothing is left', async () => {
    const { emulator, dir, plan } = await account(
      [
        changeLine(1, { name: ['Anna', 'Ann'], [TIER]: ['gold', null] }),
        changeLine(2, { name: ['Rob', 'Bob'] }),
      ],
      'undo',
    );
    emulator.edit(1, { name: 'Anna Smith', custom_attributes: { tier: 'gold' } });
    emulator.edit(2, { name: 'Robert' });
    const runDir = join(dir, 'undo');
    const mapping = join(dir, 'changes.json');
    writeFileSync(mapping, JSON.stringify({ version: 1, changes: 'undo', mapping_hash: '0123456789abcdef' }));
    const reading = ['--format', 'jsonl', '--skip-rows', '1', '--skip-footer', '1'];
    const ended = await cliHere(
      ['run', plan, '-m', mapping, ...reading, '--base-url', emulator.url, '--rate', 'unlimited'].concat([
        '--run-dir',
        runDir,
      ]),
    );
    const { rows } = readBack({ ...ended, signal: null }, runDir);
    expect([...rows].sort((a, b) => a.row - b.row)).toMatchObject([
      { contact_id: 1, status: 'updated', fields: [TIER] },
      { contact_id: 2, status: 'skipped', reason: 'edited' },
    ]);
    expect(emulator.contact(1)).toMatchObject({ name: 'Anna Smith' });
  });
});

describe('a plan that must not be applied', () => {
  const LINES = [1, 2, 3].map((id) => changeLine(id, { name: [`Name ${id}`, `New ${id}`] }));
  const swapped = (lines: readonly string[]) => [lines[0], lines[2], lines[1], ...lines.slice(3)];

  it.each<[what: string, edit: (lines: readonly string[]) => readonly (string | undefined)[], line: number]>([
    ['a value was edited', (lines) => lines.map((line) => line.replace('New 2', 'Now 2')), 3],
    ['a line was taken out', (lines) => lines.filter((line) => !line.includes('New 1')), 2],
    ['lines were swapped', swapped, 2],
    ['the header was edited', (lines) => lines.map((line) => line.replace('0.0.0', '0.0.1')), 1],
    ['it was cut', (lines) => lines.slice(0, 3), 4],
    ['it was cut within a line', (lines) => [...lines.slice(0, 3), (lines[3] ?? '').slice(0, 20)], 4],
    ['lines follow its end', (lines) => [...lines, lines[1]], 6],
    ['another version', (lines) => lines.map((line) => line.replace('"version":1', '"version":9')), 1],
    ['it is no plan', () => ['{"id":1}', '{"id":2}'], 1],
    ['it is empty', () => [], 1],
  ])('%s: exit 2 names the line, and nothing is sent', async (_what, edit, line) => {
    const { apply, plan, emulator, dir } = await account(LINES);
    const lines = readFileSync(plan, 'utf8').trimEnd().split('\n');
    writeFileSync(
      plan,
      edit(lines)
        .map((text) => `${text}\n`)
        .join(''),
    );
    const { code, stderr } = await apply();
    expect(code).toBe(2);
    expect(stderr).toContain(`plan.jsonl, line ${line}: `);
    expect(stderr).toContain('(ERR_PLAN)');
    expect(emulator.requests).toHaveLength(0);
    expect(existsSync(join(dir, 'run-1', 'results.jsonl'))).toBe(false);
  });

  it('of another account', async () => {
    const { apply, plan, emulator } = await account(LINES);
    writeChangeFile(plan, changesHeader(emulator.url, { account: '0'.repeat(16) }), LINES);
    const { code, stderr } = await apply();
    expect([code, emulator.requests.length]).toEqual([2, 0]);
    expect(stderr).toContain('line 1: the plan is of account 0000000000000000');
    expect(stderr).toContain('(ERR_OTHER_ACCOUNT)');
  });

  it('of another address', async () => {
    const { apply, emulator } = await account(LINES);
    const other = await emulatorHere({ contacts: 1 });
    const { code, stderr } = await apply('--base-url', other.url);
    expect([code, emulator.requests.length, other.requests.length]).toEqual([2, 0, 0]);
    expect(stderr).toContain('(ERR_OTHER_ACCOUNT)');
  });

  it('that an undo wrote', async () => {
    const { apply, emulator } = await account(LINES, 'undo');
    const { code, stderr } = await apply();
    expect([code, emulator.requests.length, stderr]).toEqual([2, 0, expect.stringContaining('(ERR_PLAN)')]);
  });

  it('from a pipe, or one that is not there', async () => {
    expect(await cliHere(['apply', '-'])).toMatchObject({ code: 2 });
    const gone = await cliHere(['apply', join(tempDir(), 'gone.jsonl')]);
    expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file') });
  });

  it('changed after the run began: a resume refuses it', async () => {
    const { apply, resume, plan } = await account(LINES);
    await apply('--limit', '1');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('New 2', 'Now 2'));
    const { code, stderr } = await resume('--limit', 'all');
    expect(code).toBe(2);
    expect(stderr).toContain('plan.jsonl, line 3: ');
  });
});
