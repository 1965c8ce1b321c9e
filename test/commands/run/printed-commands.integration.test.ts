import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newPlace as place } from '../../helpers/place.ts';

const BY_ID = 'version: 1\ncontact_id: id\nfields: { name: name }\n';
const rows = (count: number, from = 1): string =>
  `id,name\n${Array.from({ length: count }, (_, i) => `${from + i},n${from + i}\n`).join('')}`;

/** A place with a mapping. */
async function newPlace(options: Parameters<typeof place>[0] = {}) {
  const here = await place(options);
  here.write('m.yaml', BY_ID);
  return here;
}

describe('each printed command, pasted as it stands', () => {
  test('a stopped run: goes on', async () => {
    const { paste, stopped, runs, kept, write } = await newPlace();
    write('in.csv', rows(60));
    const { commands } = await stopped(['in.csv', '-m', 'm.yaml']);
    expect(commands).toEqual([expect.stringMatching(/^run --resume \S+-in-\S+$/)]);
    const { code, sent } = await paste(commands[0], {
      env: { LIVEDESK_CONTINUE: 'true', LIVEDESK_RATE: '500' },
    });
    expect(code).toBe(0);
    expect(sent).toBeGreaterThan(0);
    expect(kept().summary).toMatchObject({ rows_read: 60, pending: 0 });
    expect(runs()).toHaveLength(1);
  });

  test('a run of a directory elsewhere: named by its path', async () => {
    const { paste, stopped, write } = await newPlace();
    write('in.csv', rows(60));
    const { commands } = await stopped(['in.csv', '-m', 'm.yaml', '-o', "it's here"]);
    expect(commands).toEqual([`run --resume 'it'\\''s here'`]);
    expect((await paste(commands[0])).code).toBe(0);
  });

  test('a canary: the rest', async () => {
    const { run, paste, write } = await newPlace();
    write('in.csv', rows(30));
    const { commands } = await run(['in.csv', '-m', 'm.yaml', '--limit', '10']);
    const { code, sent } = await paste(commands[0], { env: { LIVEDESK_LIMIT: '5' } });
    expect([code, sent]).toEqual([0, 20]);
  });

  test('a plan: its page, a canary and the rest of it, all of it, and the proof', async () => {
    const { type, paste, kept, runs, write } = await newPlace();
    write('in.csv', rows(15));
    const planned = await type(['plan', 'in.csv', '-m', 'm.yaml', '--state', "it's", '--rate', '500']);
    expect(planned.commands).toEqual([
      expect.stringMatching(/^report runs\/\S+\/plan\.jsonl$/),
      expect.stringMatching(/^apply runs\/\S+\/plan\.jsonl --state 'it'\\''s' --rate 500 --limit 10$/),
      expect.stringMatching(/^apply runs\/\S+\/plan\.jsonl --state 'it'\\''s' --rate 500$/),
    ]);
    const [page, canary, all] = planned.commands;
    expect((await paste(page)).code).toBe(0);
    const tried = await paste(canary);
    expect([tried.code, kept().summary.statuses.updated]).toEqual([0, 10]);
    expect(tried.commands).toEqual([expect.stringMatching(/^run --resume \S+ --limit all$/)]);
    expect((await paste(tried.commands[0])).code).toBe(0);
    expect(kept().summary.statuses.updated).toBe(15);
    const again = await paste(all);
    expect([again.code, kept().summary.statuses.unchanged]).toEqual([0, 15]);
    const markdown = await type([
      'report',
      join('runs', runs()[0] ?? '', 'plan.jsonl'),
      '--format',
      'markdown',
    ]);
    const check = markdown.commands.at(-1);
    expect(check).toMatch(/^plan --check runs\/\S+\/plan\.jsonl --state 'it'\\''s' --rate 500$/);
    expect((await paste(check)).code).toBe(0);
  });

  test('a check that finds something left: sends that; a dry run of a plan: a few lines for real', async () => {
    const { type, paste, emulator, write, kept } = await newPlace();
    write('in.csv', rows(12));
    const [, , all = ''] = (await type(['plan', 'in.csv', '-m', 'm.yaml'])).commands;
    const plan = all.split(' ')[1] ?? '';
    emulator.edit(3, { name: 'n3' });
    const check = await type(['plan', '--check', plan]);
    expect([check.code, check.commands]).toEqual([1, [`apply ${plan}`]]);
    const dry = await type(['apply', plan, '--dry-run']);
    expect(dry.commands).toEqual([`apply ${plan} --limit 10`]);
    expect((await paste(dry.commands[0])).code).toBe(0);
    expect((await paste(check.commands[0])).code).toBe(0);
    expect(kept().summary.statuses).toMatchObject({ updated: 2, unchanged: 10 });
    expect((await type(['plan', '--check', plan])).code).toBe(0);
  });

  test('a plan that is stopped is begun anew, and one of a job sends by its job', async () => {
    const { type, paste, write, runs } = await newPlace();
    write('in.csv', rows(40));
    const slow = ['--rate', '20', '--stop-after', '400ms'];
    const stopped = await type(['plan', 'in.csv', '-m', 'm.yaml', ...slow]);
    expect([stopped.code, existsSync(join('runs', runs()[0] ?? '', 'plan.jsonl'))]).toEqual([3, false]);
    expect(stopped.commands[0]).toMatch(/^plan in\.csv -m m\.yaml --rate 20$/);
    const again = await paste(`${stopped.commands[0]}0`);
    expect([again.code, again.commands.length]).toEqual([0, 3]);
  });

  test('bad rows: the rejects as they were corrected, or the rows as they are', async () => {
    const { run, paste, kept, write } = await newPlace();
    write('-in.csv', 'id^name\n1^a\nx^b\n');
    const first = await run(['./-in.csv', '-m', 'm.yaml', '--delimiter', '^']);
    expect(first.commands).toHaveLength(2);
    const [corrected, again] = first.commands;
    expect((await paste(again, { env: { LIVEDESK_RUN_DIR: kept().dir } })).code).toBe(1);
    const rejects = join(kept().header.parent_run?.dir ?? '', 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x^', '2^'));
    expect(await paste(corrected)).toMatchObject({ code: 0, sent: 1 });
  });

  test('bad rows of a run that was retried since: what the retry left', async () => {
    const { emulator, run, paste, write } = await newPlace({ contactFaults: { 2: '500' } });
    write('in.csv', 'id,name\n1,a\n2,b\nx,c\n');
    const { commands } = await run(['in.csv', '-m', 'm.yaml', '--max-attempts', '1', '--max-errors', '100%']);
    emulator.set({ contactFaults: {} });
    await paste(commands[1]);
    const refused = await paste(commands[1]);
    expect(refused.code).toBe(2);
    expect(await paste(refused.commands[0])).toMatchObject({ code: 1, sent: 0 });
  });

  test('rejects that were edited before a resume: sent from where they were kept', async () => {
    const { run, paste, kept, write } = await newPlace();
    write('in.csv', `${rows(10)}x,y\nz,z\n`);
    await run(['in.csv', '-m', 'm.yaml', '--limit', '11']);
    const rejects = join(kept().dir, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x,y', '11,y'));
    const resumed = await run(['--resume', kept().dir, '--limit', 'all']);
    const { code, sent } = await paste(resumed.commands.find((command) => command.includes('--corrected')));
    expect([code, sent]).toEqual([1, 1]); // the other one was not corrected
  });

  test('a dry run: another one, or ten rows for real, never the rejects', async () => {
    const { run, paste, kept, write } = await newPlace();
    write('in.csv', `${rows(30)}x,y\n`);
    const args = ['in.csv', '-m', 'm.yaml', '--state', 'state', '--dry-run'];
    const { commands, text } = await run(args);
    expect(commands).toHaveLength(2);
    expect(text).not.toMatch(/--retry|rejects\.csv and send/);
    const [look, canary] = commands;
    expect(await paste(look)).toMatchObject({ sent: 0, code: 1 });
    expect(kept().header).toMatchObject({ dry_run: true, state: { dir: join(process.cwd(), 'state') } });
    expect(await paste(canary)).toMatchObject({ sent: 10, code: 0 });
    expect(kept().header.state).toBeDefined();
    const inEnvironment = { env: { LIVEDESK_DRY_RUN: 'true' } };
    const again = await run(args.slice(0, -1), inEnvironment);
    expect(await paste(again.commands.at(-1), inEnvironment)).toMatchObject({ code: 0 });
    expect(kept().header.dry_run).toBe(false);
  });

  test('a dry run that was stopped, and one of a retry', async () => {
    const { run, paste, kept, write } = await newPlace({ latencyMs: [20, 20] });
    write('in.csv', `${rows(30)}x,y\n`);
    await run(['in.csv', '-m', 'm.yaml']);
    const dry = await run(['--retry', kept().dir, '--dry-run']);
    expect(dry.commands).toEqual([]); // nothing would be sent
    // of rows that an earlier run has sent there is nothing to try
    expect((await run(['in.csv', '-m', 'm.yaml', '--dry-run', '--limit', '5'])).commands).toHaveLength(1);
    write('new.csv', rows(30, 31));
    const limited = await run(['new.csv', '-m', 'm.yaml', '--dry-run', '--limit', '5']);
    const [rest, canary] = limited.commands;
    expect(await paste(rest)).toMatchObject({ sent: 0 });
    expect(kept().header.dry_run).toBe(true);
    expect(await paste(canary)).toMatchObject({ sent: 10 });
  });

  test('too many changes: a look at them', async () => {
    const { run, paste, write } = await newPlace();
    write('in.csv', rows(10));
    const { commands } = await run(['in.csv', '-m', 'm.yaml', '--max-changes', '3']);
    const { code, sent, text } = await paste(commands[0], { env: { LIVEDESK_MAX_CHANGES: '3' } });
    expect([code, sent]).toEqual([0, 0]);
    expect(text).toContain('Would send:');
  });

  test('a wrong inbox: a new run by the mapping as it was corrected', async () => {
    const { run, paste, kept, write } = await newPlace();
    const mapping = (inbox: number): string =>
      `version: 1\nmatch: { identifier: id }\non_missing: create\ninbox_id: ${inbox}\nfields: { name: name }\n`;
    write('m.yaml', mapping(999_999));
    write('in.csv', 'id,name\nA1,a\nA2,b\n');
    const { code, commands, text } = await run(['in.csv', '-m', 'm.yaml', '--search-rate', 'unlimited']);
    expect([code, text]).toEqual([
      3,
      expect.stringContaining('correct the mapping m.yaml and begin a new run'),
    ]);
    write('m.yaml', mapping(523));
    expect((await paste(commands[0])).code).toBe(0);
    expect(kept().summary.statuses.created).toBe(2);
  });

  test('an input that broke midway: a new run of what is corrected', async () => {
    const { run, paste, kept, write } = await newPlace();
    write('in.csv', Buffer.concat([Buffer.from(rows(5)), Buffer.from('"')]));
    const { code, commands } = await run([
      'in.csv',
      '-m',
      'm.yaml',
      '--state',
      'the state',
      '--delimiter',
      ',',
    ]);
    if (code === 3) {
      write('in.csv', rows(5));
      expect((await paste(commands[0])).code).toBe(0);
      expect(kept().header.state?.dir).toBe(join(process.cwd(), 'the state'));
    } else expect(code).toBe(1);
  });

  test('rows in another encoding: read in the one that they look like', async () => {
    const { run, paste, kept, write } = await newPlace();
    const mixed = `${rows(2)}3,J\xf6rg\n4,M\xfcller\n`;
    write('in.csv', Buffer.from(mixed, 'latin1'));
    const { code, commands, stdout } = await run(['in.csv', '-m', 'm.yaml']);
    expect([code, commands]).toEqual([
      1,
      [expect.stringMatching(/^run --retry \S+ --encoding windows-1252$/)],
    ]);
    expect(stdout).toContain('read the bad rows as windows-1252: ');
    expect(await paste(commands[0])).toMatchObject({ code: 0, sent: 2 });
    expect(kept().summary.statuses.updated).toBe(2);

    write('in.csv', Buffer.from(`${mixed}x,no id\n`, 'latin1'));
    const others = await run(['in.csv', '-m', 'm.yaml']);
    expect(others.commands.join()).not.toContain('--encoding');
  });

  test('a pipe of which no copy was kept: piped in again, with one', async () => {
    const { paste, stopped, kept } = await newPlace();
    const stdin = rows(60);
    const { commands } = await stopped(['-', '-m', 'm.yaml', '--max-attempts', '4'], { stdin });
    expect((await paste(commands[0], { stdin })).code).toBe(0);
    expect(existsSync(join(kept().dir, 'spool'))).toBe(true);
  });

  test('a directory that the environment names: another one beside it', async () => {
    const { run, paste, runs, write } = await newPlace();
    const env = { LIVEDESK_RUN_DIR: 'runs/fixed' };
    write('in.csv', rows(10));
    const { commands } = await run(['in.csv', '-m', 'm.yaml', '--dry-run'], { env });
    expect((await paste(commands[0], { env })).code).toBe(0);
    expect(runs().sort()).toEqual(['fixed', 'fixed-2']);
  });

  test('shards: one that is missing, stopped or limited, and all of them joined', async () => {
    const { run, paste, runs, kept, write } = await newPlace();
    write('in.csv', rows(60));
    const of = (shard: string) => ['in.csv', '-m', 'm.yaml', '--state', 'state', '--shard', shard];
    const first = await run([...of('1/3'), '--limit', '5']);
    const join1 = `merge ${kept().dir.slice('runs/'.length)}`;
    const missing = await paste(join1);
    expect(missing.code).toBe(1);
    for (const command of missing.commands.filter((one) => one.includes('--shard'))) {
      expect(await paste(command)).toMatchObject({ code: 0 });
      expect(kept().header).toMatchObject({ state: { dir: join(process.cwd(), 'state') } });
    }
    const limited = await paste(join1);
    expect(limited.commands).toEqual([expect.stringMatching(/--limit all$/)]);
    expect(limited.commands[0]).toBe(first.commands[0]);
    const last = await paste(limited.commands[0]);
    expect(last.commands).toEqual([join1]);
    expect((await paste(last.commands[0])).code).toBe(0);
    const merged = runs().find((name) => kept(name).header.shards);
    expect(kept(merged).summary.rows_read).toBe(60);
  });

  test('the key was refused before anything was done: with the right one', async () => {
    const { run, paste, write } = await newPlace();
    write('in.csv', rows(3));
    const { commands } = await run(['in.csv', '-m', 'm.yaml'], { env: { LIVEDESK_API_KEY: 'mistyped' } });
    expect(await paste(commands[0])).toMatchObject({ code: 0, sent: 3 });
  });

  test('a draft of a mapping: a look, and ten rows', async () => {
    const { type, paste, write } = await newPlace();
    write('in put.csv', 'contact_id^name\n1^a\n2^b\n');
    const { commands } = await type(['init', 'in put.csv', '-o', 'my map.yaml', '--delimiter', '^']);
    expect(commands).toHaveLength(2);
    expect(await paste(commands[0])).toMatchObject({ code: 0, sent: 0 });
    expect(await paste(commands[1])).toMatchObject({ code: 0, sent: 2 });
  });

  test('the report of a run without an end: goes on', async () => {
    const { type, paste, stopped, kept, write } = await newPlace();
    write('in.csv', rows(60));
    await stopped(['in.csv', '-m', 'm.yaml']);
    const journal = join(kept().dir, 'results.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/\{"type":"end".*\n/, ''));
    const { commands } = await type(['report', kept().dir.slice('runs/'.length), '--format', 'json']);
    expect((await paste(commands.at(-1))).code).toBe(0);
  });

  test('a run directory below a linked `runs` is found by its name', async () => {
    const { run, paste, write } = await newPlace();
    mkdirSync('volume');
    symlinkSync('volume', 'runs');
    write('in.csv', rows(20));
    const { commands } = await run(['in.csv', '-m', 'm.yaml', '--limit', '10']);
    expect(commands[0]).not.toContain('/');
    expect(await paste(commands[0])).toMatchObject({ code: 0, sent: 10 });
  });
});

test('names of files and values of options steer no terminal, and are read back from the command', async () => {
  const place = await newPlace();
  const name = 'c\u001B]0;pwn\u0007\u202Ex\u009B.csv';
  const steers = /(?!\n)\p{Cc}|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
  place.write('m.yaml', 'version: 1\ncontact_id: contact_id\nfields: { name: name }\n');
  place.write(name, 'contact_id,name,other\n1,Anna,x\nx,Bad,x\n2,"open\n');
  const run = await place.run([name, '-m', 'm.yaml']);
  expect(run.code).toBe(3);
  expect(run.stdout).toContain('c<U+001B>]0;pwn<U+0007><U+202E>x<U+009B>.csv');
  place.write(name, 'contact_id,name,other\n1,Anna,x\n');
  const again = await place.paste(run.commands.at(-1));
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('cannot be opened')]);
  const others = [
    await place.type(['runs']),
    await place.type(['runs', '--json']),
    await place.run([name, '-m', 'nosuch\u001B[2J.yaml']),
    await place.run([name, '--ru\u001B[2Jn', 'x']),
    await place.run([name, '--rate', '1\u001B[2J']),
    await place.run([name, '-m', 'm.yaml', '--json']),
    await place.run([name, '-m', 'm.yaml', '--log-format', 'json', '--log-level', 'trace']),
    await place.type(['init', name, '-o', 'new\u202E.yaml']),
  ];
  for (const { text } of [run, again, ...others]) expect(text).not.toMatch(steers);
});
