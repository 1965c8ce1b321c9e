import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newPlace, type Place } from '../../helpers/place.ts';
import { numberedCsv } from '../../helpers/write-input.ts';

const BY_ID = 'version: 1\ncontact_id: id\nfields: { custom_attributes.plan: plan }\n';
const plans = (plan: string, rows = 40): string =>
  `id,plan\n${Array.from({ length: rows }, (_, i) => `${i + 1},${plan}\n`).join('')}`;

const valuesOf = (site: Place): string[] => [
  ...new Set(
    Array.from({ length: 40 }, (_, i) =>
      String((site.emulator.contact(i + 1)?.['custom_attributes'] as Record<string, unknown>)?.['plan']),
    ),
  ),
];

describe('what a run was started with', () => {
  it('stands in the first line of its journal, paths absolute', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a', 2));
    site.write('m.yaml', BY_ID);
    const env = { LIVEDESK_SEARCH_RATE: '3' };
    await site.run(
      ['in.csv', '-m', 'm.yaml', '--state', 'state', '--max-errors', '7', '--log-level', 'warn'],
      { env },
    );
    const header = site.kept().header;
    expect(header.given).toEqual({
      flags: {
        mapping: join(site.dir, 'm.yaml'),
        state: join(site.dir, 'state'),
        'max-errors': '7',
      },
      environment: { 'search-rate': '3' },
    });
    expect(header.state).toEqual({ dir: join(site.dir, 'state') });
    expect(header.inputs[0]?.delimiter).toBe(',');
  });

  it('is used by the printed command: the state knows what the resumed run sent', async () => {
    const site = await newPlace();
    site.write('m.yaml', BY_ID);
    const night = ['export.csv', '-m', 'm.yaml', '--state', 'state'];
    site.write('export.csv', plans('basic'));
    await site.run(night);
    site.write('export.csv', plans('gold'));
    const { commands } = await site.stopped(night);
    const [command = ''] = commands;
    expect(command).toBe(`run --resume ${basename(site.kept().dir)}`);
    expect((await site.paste(command)).code).toBe(0);
    expect(valuesOf(site)).toEqual(['gold']);
    site.write('export.csv', plans('basic'));
    await site.run(night);
    expect(valuesOf(site)).toEqual(['basic']);
  });

  it('is used by a retry and by corrected rejects: an edit of an agent stays', async () => {
    const site = await newPlace();
    site.write(
      'm.yaml',
      'version: 1\ncontact_id: contact_id\ndefaults: { on_conflict: theirs }\nfields: { email: email, custom_attributes.plan: plan }\n',
    );
    const night = ['in.csv', '-m', 'm.yaml', '--state', 'state', '--delimiter', '^'];
    site.emulator.edit(1, { email: 'anna@new.example', custom_attributes: { plan: 'Basic' } });
    site.write('in.csv', 'contact_id^email^plan\n1^anna@new.example^Basic\n');
    await site.run(night);
    site.write('in.csv', 'contact_id^email^plan\n1^anna at example.com^Premium\n');
    const { commands } = await site.run(night);
    const [corrected = '', again = ''] = commands;
    const dir = site.kept().dir;
    expect([corrected, again]).toEqual([
      `run --retry ${basename(dir)} --corrected`,
      `run --retry ${basename(dir)}`,
    ]);
    expect((await site.paste(again)).code).toBe(1);
    const rejects = join(dir, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('anna at example.com', 'anna@two.example'));
    expect((await site.paste(corrected)).code).toBe(0);
    expect(site.emulator.contact(1)).toMatchObject({
      email: 'anna@two.example',
      custom_attributes: { plan: 'Premium' },
    });
    const { state } = site.kept().header;
    expect(state).toEqual({ dir: join(site.dir, 'state') });
    // the state knows it: nothing is left to send
    site.write('in.csv', 'contact_id^email^plan\n1^anna@two.example^Premium\n');
    await site.run(night);
    expect(site.kept().summary?.statuses.unchanged).toBe(1);
  });

  it('wins over the environment of a later process, and a flag wins over it where it may', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    site.write('other.yaml', 'version: 1\ncontact_id: id\nfields: { name: plan }\n');
    await site.stopped(['in.csv', '-m', 'm.yaml', '--max-errors', '7']);
    const { dir } = site.kept();
    const env = {
      LIVEDESK_MAPPING: 'other.yaml',
      LIVEDESK_INPUT: 'nowhere.csv',
      LIVEDESK_DELIMITER: ';',
      LIVEDESK_ENCODING: 'utf-16le',
      LIVEDESK_FULL: 'true',
      LIVEDESK_SHARD: '1/2',
      LIVEDESK_LIMIT: '1',
      LIVEDESK_CONTINUE: 'true',
      LIVEDESK_DRY_RUN: 'true',
      LIVEDESK_STATE: 'elsewhere',
      LIVEDESK_RUN_DIR: 'runs/elsewhere',
      LIVEDESK_BASE_URL: 'https://livedesk.example',
    };
    expect(await site.run(['--resume', dir], { env })).toMatchObject({ code: 0 });
    expect(site.kept(dir).rows).toHaveLength(40);
    expect(existsSync(join(site.dir, 'elsewhere'))).toBe(false);
    expect(valuesOf(site)).toEqual(['a']);
  });

  it.each([
    ['--delimiter', ';'],
    ['--encoding', 'utf-16le'],
    ['--format', 'jsonl'],
    ['--mapping', 'other.yaml'],
    ['--full', ''],
    ['--dry-run', ''],
    ['--shard', '1/2'],
    ['--limit', '3'],
  ])('and a resume refuses %s %s', async (flag, value) => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    site.write('other.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml']);
    const { dir } = site.kept();
    const sent = site.emulator.journal.length;
    const { code, stderr } = await site.run(['--resume', dir, flag, ...(value === '' ? [] : [value])]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`${flag === '--mapping' ? '--mapping' : flag}`),
    ]);
    expect(site.emulator.journal).toHaveLength(sent);
  });
});

describe('the run of a directory that was changed', () => {
  it('is not gone on with by another mapping', async () => {
    const site = await newPlace();
    site.write('in.csv', 'contact_id,name\n1,a\n2,b\n3,c\n');
    await site.run(['in.csv', '--limit', '1']);
    const { dir } = site.kept();
    const mapping = join(dir, 'mapping.json');
    writeFileSync(mapping, readFileSync(mapping, 'utf8').replace('"name": {', '"identifier": {'));
    const { code, stderr } = await site.run(['--resume', dir, '--limit', 'all']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/mapping\.json was changed.*ERR_OTHER_MAPPING/),
    ]);
    expect(site.emulator.journal).toHaveLength(1);
  });

  it('is not gone on with by a pipe, whose content cannot be compared', async () => {
    const site = await newPlace();
    const { commands } = await site.stopped(['-'], { stdin: numberedCsv(60) });
    const dir = site.kept().dir;
    const sent = site.emulator.journal.length;
    const other = await site.run(['-', '--resume', dir], {
      stdin: 'contact_id,custom_attributes.n\n999,x\n',
    });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('cannot be compared')]);
    expect(site.emulator.journal).toHaveLength(sent);
    const [command = ''] = commands;
    expect((await site.paste(command, { stdin: numberedCsv(60) })).code).toBe(0);
    expect(site.kept().rows).toHaveLength(60);
  });

  it('is gone on with where the inputs were moved', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml']);
    const { dir } = site.kept();
    renameSync(join(site.dir, 'in.csv'), join(site.dir, 'moved.csv'));
    expect((await site.run(['--resume', dir])).stderr).toContain('ERR_INPUT_GONE');
    expect((await site.run(['moved.csv', '--resume', basename(dir)])).code).toBe(0);
  });
});

describe('--continue', () => {
  it('finishes an interrupted canary under the present limit: all rows', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml', '--limit', '30', '--state', 'state']);
    const nightly = await site.run(['in.csv', '-m', 'm.yaml', '--state', 'state', '--continue']);
    expect(nightly.code).toBe(0);
    expect(site.runs()).toHaveLength(1);
    expect(site.kept().summary).toMatchObject({ rows_read: 40, pending: 0 });
  });

  it('under a lower limit than before ends there, and the rest is not lost', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml']);
    const few = await site.run(['in.csv', '-m', 'm.yaml', '--limit', '3', '--continue']);
    expect(few.code).toBe(0);
    const [rest = ''] = few.commands;
    expect((await site.paste(rest)).code).toBe(0);
    expect(site.kept().rows).toHaveLength(40);
    expect(site.runs()).toHaveLength(1);
  });

  it('begins anew after a canary that reached its limit, and after other work', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.run(['in.csv', '-m', 'm.yaml', '--limit', '5']);
    const night = ['in.csv', '-m', 'm.yaml', '--continue'];
    await site.stopped([...night, '--full', '--state', 'state']);
    expect(site.runs()).toHaveLength(2);
    await site.stopped(night);
    expect(site.runs()).toHaveLength(3);
    expect((await site.run([...night, '--delimiter', ','])).code).toBe(0);
    expect(site.runs()).toHaveLength(4);
  });

  it('takes the state of the run that it goes on with', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml', '--state', 'state']);
    expect((await site.run(['in.csv', '-m', 'm.yaml', '--continue'])).code).toBe(0);
    await site.run(['in.csv', '-m', 'm.yaml', '--state', 'state']);
    expect(site.kept().summary?.statuses.unchanged).toBe(40);
  });

  it.each([[[]], [['-o', 'runs/fixed']]])('with --spool goes on with its copy of stdin %j', async (more) => {
    const site = await newPlace();
    const stdin = numberedCsv(60);
    const args = ['-', '--spool', '--continue', ...more];
    await site.stopped(args, { stdin });
    expect((await site.run(args, { stdin })).code).toBe(0);
    expect(site.runs()).toHaveLength(1);
    expect(site.kept().rows).toHaveLength(60);
    expect(site.emulator.journal).toHaveLength(60);
  });

  it('with --spool begins anew with another content', async () => {
    const site = await newPlace();
    await site.stopped(['-', '--spool', '--continue'], { stdin: numberedCsv(60) });
    expect((await site.run(['-', '--spool', '--continue'], { stdin: numberedCsv(30) })).code).toBe(0);
    expect(site.runs()).toHaveLength(2);
    expect(site.kept().rows).toHaveLength(30);
  });
});

describe('another key', () => {
  it('needs no word where the first one was refused before anything was done', async () => {
    const site = await newPlace();
    site.write('in.csv', 'contact_id,name\n1,a\n2,b\nx,c\n');
    const wrong = await site.run(['in.csv'], { env: { LIVEDESK_API_KEY: 'mistyped' } });
    expect(wrong.code).toBe(3);
    const [command = ''] = wrong.commands;
    expect((await site.paste(command)).code).toBe(1);
    expect(site.kept().summary?.statuses).toMatchObject({ updated: 2, invalid: 1 });
    expect(site.runs()).toHaveLength(1);
  });

  it('is said once', async () => {
    const site = await newPlace();
    site.write('in.csv', plans('a'));
    site.write('m.yaml', BY_ID);
    await site.stopped(['in.csv', '-m', 'm.yaml']);
    const { dir } = site.kept();
    const { port } = site.emulator;
    await site.emulator.close();
    const after = await newPlace({ apiKey: 'rotated', port });
    process.chdir(site.dir);
    const options = { env: { LIVEDESK_API_KEY: 'rotated' } };
    expect((await after.run(['--resume', dir], options)).stderr).toContain('ERR_OTHER_ACCOUNT');
    await after.stopped(['--resume', dir, '--same-account'], options);
    expect((await after.run(['--resume', dir], options)).code).toBe(0);
    expect(site.kept(dir).rows).toHaveLength(40);
  });
});

it('the id of a run stands for its directory, in every command', async () => {
  const site = await newPlace();
  site.write('in.csv', 'contact_id,name\n1,a\nx,b\n');
  await site.run(['in.csv']);
  const { run_id } = site.kept().header;
  for (const name of [basename(site.kept(site.runs()[0]).dir), run_id, 'latest']) {
    expect((await site.run(['--retry', name, '-o', `again-${name}`])).code).toBe(1);
  }
});

it('corrected rejects of a row do not overwrite what a later row of the run delivered', async () => {
  const site = await newPlace();
  site.write('in.csv', 'contact_id,name,email\n5,old,no e-mail\n5,new,five@new.example\n');
  await site.run(['in.csv']);
  const dir = site.kept(site.runs()[0]).dir;
  const rejects = join(dir, 'rejects.csv');
  expect(readFileSync(rejects, 'utf8')).toMatch(
    /,_run\n5,old,no e-mail,1,2,invalid,.*,1\/1\/1@[0-9a-f-]{36}\n$/,
  );
  writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('no e-mail', 'old@new.example'));
  const { code } = await site.run(['--retry', basename(dir), '--corrected']);
  expect(code).toBe(0);
  expect(site.kept().rows).toMatchObject([{ row: 1, status: 'superseded', position: [1, 0, 1] }]);
  expect(site.emulator.contact(5)).toMatchObject({ name: 'new', email: 'five@new.example' });
});

it('corrected rejects are read as they were written: delimiter, UTF-8, both inputs, and again after a stop', async () => {
  const site = await newPlace();
  writeFileSync(join(site.dir, 'a.csv'), Buffer.from('contact_id;name\n1;M\xfcller\nx1;J\xf6rg\n', 'latin1'));
  site.write('b.jsonl', '{"contact_id":2,"name":"b"}\n{"contact_id":"x2","name":"c"}\n');
  await site.run(['a.csv', 'b.jsonl', '--encoding', 'windows-1252']);
  const dir = site.kept(site.runs()[0]).dir;
  for (const [file, from, to] of [
    ['rejects.csv', 'x1;', '3;'],
    ['rejects-2.jsonl', '"x2"', '4'],
  ] as const) {
    const text = readFileSync(join(dir, file), 'utf8');
    writeFileSync(join(dir, file), text.replace(from, to));
  }
  expect((await site.run(['--retry', basename(dir), '--corrected', '--limit', '1'])).code).toBe(0);
  const retry = site.kept().dir;
  expect((await site.run(['--resume', basename(retry), '--limit', 'all'])).code).toBe(0);
  expect(site.emulator.contact(3)).toMatchObject({ name: 'Jörg' });
  expect(site.emulator.contact(4)).toMatchObject({ name: 'c' });
  rmSync(join(dir, 'rejects.csv'));
});

describe('corrected rejects are read as a spreadsheet saved them', () => {
  const toTabs = (text: string): Buffer =>
    Buffer.from(
      `\uFEFF${text
        .replace(/^\uFEFF/, '')
        .replaceAll(',', '\t')
        .replaceAll('\n', '\r\n')}`,
      'utf16le',
    );
  it.each<[how: string, args: readonly string[], saved: (text: string) => string | Buffer]>([
    ['with semicolons', [], (text) => text.replaceAll(',', ';')],
    [
      'with semicolons, of an input whose delimiter was given',
      ['--delimiter', ','],
      (text) => text.replaceAll(',', ';'),
    ],
    ['as UTF-16 with tabs', [], toTabs],
    ['as UTF-16 with tabs, of an input in windows-1252', ['--encoding', 'windows-1252'], toTabs],
    ['as they were written', [], (text) => text],
  ])('%s', async (_how, args, saved) => {
    const site = await newPlace();
    writeFileSync(join(site.dir, 'a.csv'), Buffer.from('contact_id,name\nx1,"Weg"\n', 'latin1'));
    const { commands } = await site.run(['a.csv', ...args]);
    const file = join(site.kept().dir, 'rejects.csv');
    const text = readFileSync(file, 'utf8')
      .replace('x1,', '3,')
      .replace(/"[^"\n]*"/g, 'said');
    writeFileSync(file, saved(text.replace('Weg', 'Jörg')));
    const { code, text: told } = await site.paste(commands[0]);
    expect([code, told]).toEqual([0, expect.not.stringContaining('skip-rows')]);
    expect(site.emulator.contact(3)).toMatchObject({ name: 'Jörg' });
  });
});
