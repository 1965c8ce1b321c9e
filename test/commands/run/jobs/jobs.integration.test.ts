import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EmulatorOptions } from '../../../../src/emulator/options.ts';
import { newPlace, type Place, type Typed, type TypeOptions } from '../../../helpers/place.ts';
import { numberedCsv } from '../../../helpers/write-input.ts';

// How a user meets a job, each a test below:
//  1. a night; the next one; a night with the options of the file, a flag and a variable before them
//  2. a night that is stopped: the printed command, from here, from another folder, with the file at another place, with the
//     job under another name; the same command of cron with --continue; begun by hand and gone on with as a job
//  3. bad rows: the two printed commands, corrected rejects, a mapping that was corrected
//  4. a canary and its rest; a dry run, its look and its ten rows; too many changes and the look at them
//  5. shards by an array index, merged, the bad rows of all sent again; --job auto
//  6. a rotated key: said once, in the file alone
//  7. credentials, address, inputs or mapping elsewhere, too; a secret file that is not there; no file, no job of that name
//  8. two jobs of one account: state and --keep

const MAPPING = 'version: 1\ncontact_id: contact_id\nfields: { custom_attributes.n: custom_attributes.n }\n';
/** An environment without credentials: what a job has of them stands in its file. */
const BARE = { LIVEDESK_API_KEY: '', LIVEDESK_API_SECRET: '', LIVEDESK_BASE_URL: '' };

interface JobPlace extends Omit<Place, 'stopped'> {
  /** Writes the file of jobs anew, `nightly` with these options. */
  job(options?: string, others?: string): void;
  stopped(words: readonly string[]): Promise<Typed>;
}

/** A place with a file of jobs; nothing else knows the credentials. */
async function newJobPlace(options: EmulatorOptions = {}): Promise<JobPlace> {
  const place = await newPlace(options);
  const bare = (more: TypeOptions = {}): TypeOptions => ({ ...more, env: { ...BARE, ...more.env } });
  mkdirSync('secrets');
  place.write('secrets/key', 'demo-key\n');
  place.write('secrets/secret', 'demo-secret\n');
  place.write('mapping.yaml', MAPPING);
  const here: JobPlace = {
    ...place,
    type: (words, more) => place.type(words, bare(more)),
    run: (words, more) => place.run(words, bare(more)),
    paste: (command, more) => place.paste(command, bare(more)),
    stopped: (words) => place.stopped(words, bare()),
    job(own = '', others = '') {
      place.write(
        'livedesk-sync.yaml',
        `version: 1
accounts:
  emea: { api_key_file: secrets/key, api_secret_file: secrets/secret, base_url: '${place.emulator.url}', rate: unlimited }
jobs:
  nightly: { account: emea, input: in.csv, mapping: mapping.yaml${own === '' ? '' : `, ${own}`} }
${others}`,
      );
    },
  };
  here.job();
  return here;
}

describe('a night', () => {
  test('has all that it needs from the file; its name shows wherever the run does', async () => {
    const { run, write, kept, type } = await newJobPlace();
    write('in.csv', numberedCsv(5));
    const { code, sent, stdout, stderr } = await run(['--job', 'nightly', '--log-format', 'json']);
    expect([code, sent]).toEqual([0, 5]);
    expect(stdout).toMatch(/^Sync of nightly complete/);
    const { dir, header, summary } = kept();
    expect(basename(dir)).toMatch(/^[\dTZ-]+-nightly-[0-9a-f]{4}$/);
    expect(header.job).toBe('nightly');
    expect(summary.job).toBe('nightly');
    const lines = stderr
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines)
      expect(line).toMatchObject({ job: 'nightly', level: expect.stringMatching(/^\w+$/) });
    expect(lines.at(-1)).toMatchObject({ run_id: header.run_id, level: 'info' });
    const report = await type(['report', basename(dir), '--format', 'markdown']);
    expect(report.stdout).toContain('Sync of nightly finished');
    expect((await run(['--job', 'nightly'])).sent).toBe(0);
  });

  test('a flag wins over a variable, a variable over the job, the job over its account', async () => {
    const { run, write, kept, job } = await newJobPlace();
    write('in.csv', numberedCsv(3));
    const rate = async (words: string[] = [], env: Record<string, string> = {}) => {
      await run(['--job', 'nightly', ...words], { env });
      return kept().header.options['rate'];
    };
    expect(await rate()).toBe('unlimited');
    job('rate: 300');
    expect(await rate()).toBe(300);
    expect(await rate([], { LIVEDESK_RATE: '200' })).toBe(200);
    expect(await rate(['--rate', '100'], { LIVEDESK_RATE: '200' })).toBe(100);
  });

  test('paths are relative to the file, wherever the program is started', async () => {
    const { run, write } = await newJobPlace();
    write('in.csv', numberedCsv(3));
    mkdirSync('elsewhere');
    process.chdir('elsewhere');
    expect(await run(['--job', 'nightly', '--config', '../livedesk-sync.yaml'])).toMatchObject({
      code: 0,
      sent: 3,
    });
    expect(
      await run(['--job', 'nightly'], { env: { LIVEDESK_CONFIG: '../livedesk-sync.yaml' } }),
    ).toMatchObject({
      code: 0,
      sent: 0,
    });
  });

  test('the file is not read without a job', async () => {
    const { type, write } = await newJobPlace();
    write('livedesk-sync.yaml', 'no: jobs');
    write('in.csv', numberedCsv(3));
    const { code, text } = await type(['run', 'in.csv', '-m', 'mapping.yaml']);
    expect([code, text]).toEqual([2, expect.stringContaining('ERR_CREDENTIALS_MISSING')]);
  });
});

describe('a night that was stopped', () => {
  test('goes on by the printed command, which finds the credentials in the file', async () => {
    const { stopped, paste, write, kept, runs } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    const { commands } = await stopped(['--job', 'nightly']);
    expect(commands).toEqual([`run --resume ${basename(kept().dir)}`]);
    const { code, sent, stdout } = await paste(commands[0]);
    expect([code, sent > 0]).toEqual([0, true]);
    expect(stdout).toMatch(/^Sync of nightly complete/);
    expect(runs()).toHaveLength(1);
    expect(kept().summary).toMatchObject({ rows_read: 60, pending: 0, job: 'nightly' });
  });

  test('goes on from another folder, too', async () => {
    const { stopped, run, write, kept, dir } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    await stopped(['--job', 'nightly']);
    const path = join(dir, kept().dir);
    mkdirSync('elsewhere');
    process.chdir('elsewhere');
    expect((await run(['--resume', path])).code).toBe(0);
  });

  test('with the file at another place or the job under another name, says what to add, and then prints that, too', async () => {
    const { stopped, paste, write, kept, job } = await newJobPlace({ latencyMs: [20, 20] });
    write('in.csv', numberedCsv(90));
    const { commands } = await stopped(['--job', 'nightly']);
    renameSync('livedesk-sync.yaml', 'moved.yaml');
    const gone = await paste(commands[0]);
    expect([gone.code, gone.text]).toEqual([
      2,
      expect.stringContaining('Name the file of jobs with --config'),
    ]);
    const moved = await paste(`${commands[0]} --config moved.yaml --rate 50 --stop-after 300ms`);
    expect(moved.commands).toEqual([
      `run --resume ${basename(kept().dir)} --job nightly --config moved.yaml`,
    ]);
    job();
    write('livedesk-sync.yaml', readFileSync('livedesk-sync.yaml', 'utf8').replace('nightly:', 'crm:'));
    const renamed = await paste(commands[0]);
    expect([renamed.code, renamed.text]).toEqual([2, expect.stringContaining('add --job with that name')]);
    const again = await paste(`${commands[0]} --job crm --rate 50 --stop-after 300ms`);
    expect(again.commands).toEqual([expect.stringContaining(' --job crm')]);
    expect((await paste(again.commands[0])).code).toBe(0);
    expect(kept().summary).toMatchObject({ rows_read: 90, pending: 0, job: 'crm' });
  });

  test('is gone on with by the command of every night, under the options that the file has by then', async () => {
    const { stopped, run, write, runs, kept, job } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    job('continue: true, max_changes: 100%');
    await stopped(['--job', 'nightly']);
    job('continue: true, max_errors: 7');
    expect((await run(['--job', 'nightly'])).code).toBe(0);
    expect(runs()).toHaveLength(1);
    expect(kept().summary).toMatchObject({ rows_read: 60, pending: 0 });
    expect(await run(['--job', 'nightly'])).toMatchObject({ code: 0, sent: 0 });
    expect(runs()).toHaveLength(2);
  });

  test('an explicit resume takes what the file says now where a run may differ, and the rest from the run', async () => {
    const { run, write, kept, job } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    job('limit: 50, rate: 50');
    expect((await run(['--job', 'nightly', '--stop-after', '400ms'])).code).toBe(3);
    job('limit: 5, rate: 500, full: true');
    const { code } = await run(['--resume', basename(kept().dir), '--log-level', 'debug']);
    expect(code).toBe(0);
    expect(kept().summary).toMatchObject({ rows_read: 50, rate: { allowed: 500 } });
  });

  test('begun by hand, is gone on with as a job, and its commands name the job', async () => {
    const place = await newJobPlace();
    place.write('in.csv', `${numberedCsv(60)}x,1\n`);
    const env = { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' };
    const byHand = await place.run(
      [
        'in.csv',
        '-m',
        'mapping.yaml',
        '--base-url',
        place.emulator.url,
        '--rate',
        '50',
        '--stop-after',
        '300ms',
      ],
      { env },
    );
    expect(byHand.code).toBe(3);
    const { code, commands } = await place.run(['--job', 'nightly', '--continue']);
    expect(code).toBe(1);
    expect(place.runs()).toHaveLength(1);
    expect(place.kept().summary.job).toBe('nightly');
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).toContain(' --job nightly');
    expect((await place.paste(commands[1])).code).toBe(1);
    expect(place.kept().header.job).toBe('nightly');
  });
});

describe('bad rows of a job', () => {
  test('are sent again by the two printed commands, as runs of the same job', async () => {
    const { run, paste, write, kept } = await newJobPlace();
    write('in.csv', 'contact_id,custom_attributes.n\n1,1\nx,2\n');
    const { commands } = await run(['--job', 'nightly']);
    const first = kept();
    const [corrected, again] = commands;
    expect((await paste(again)).code).toBe(1);
    expect(kept().header).toMatchObject({ job: 'nightly', parent_run: { run_id: first.header.run_id } });
    const rejects = join(first.dir, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x,2', '2,2'));
    expect(await paste(corrected)).toMatchObject({ code: 0, sent: 1 });
    expect(kept().header.job).toBe('nightly');
  });

  test('a retry may have another mapping, named on the command line', async () => {
    const { run, write, kept } = await newJobPlace();
    write('in.csv', 'contact_id,custom_attributes.n,id\n1,1,1\nx,2,2\n');
    await run(['--job', 'nightly']);
    write('by-id.yaml', MAPPING.replace('contact_id: contact_id', 'contact_id: id'));
    expect(await run(['--retry', basename(kept().dir), '-m', 'by-id.yaml'])).toMatchObject({
      code: 0,
      sent: 1,
    });
  });

  test('a wrong mapping is named as the file of jobs reaches it', async () => {
    const { run, write, paste } = await newJobPlace();
    const mapping = (inbox: number): string =>
      `version: 1\nmatch: { identifier: id }\non_missing: create\ninbox_id: ${inbox}\nfields: { name: name }\n`;
    write('mapping.yaml', mapping(999_999));
    write('in.csv', 'id,name\nA1,a\n');
    const { code, commands, text } = await run(['--job', 'nightly', '--search-rate', 'unlimited']);
    expect([code, text]).toEqual([3, expect.stringContaining('correct the mapping mapping.yaml and begin')]);
    expect(commands).toEqual(['run --job nightly --search-rate unlimited']);
    write('mapping.yaml', mapping(523));
    expect((await paste(commands[0])).code).toBe(0);
  });
});

describe('a part of a job', () => {
  test('a canary: the rest', async () => {
    const { run, paste, write, kept } = await newJobPlace();
    write('in.csv', numberedCsv(30));
    const { commands } = await run(['--job', 'nightly', '--limit', '10']);
    expect(commands).toEqual([`run --resume ${basename(kept().dir)} --limit all`]);
    expect(await paste(commands[0])).toMatchObject({ code: 0, sent: 20 });
  });

  test('a dry run: ten rows for real; a look at too many changes', async () => {
    const { run, paste, write, job } = await newJobPlace();
    write('in.csv', numberedCsv(30));
    job('dry_run: true');
    const dry = await run(['--job', 'nightly']);
    expect(dry.commands).toEqual(['run --job nightly --no-dry-run --limit 10']);
    expect(await paste(dry.commands[0])).toMatchObject({ code: 0, sent: 10 });
    job('max_changes: 5');
    const many = await run(['--job', 'nightly']);
    expect([many.code, many.commands]).toEqual([3, ['run --job nightly --dry-run --max-changes 100%']]);
    expect(await paste(many.commands[0])).toMatchObject({ code: 0, sent: 0 });
  });

  test('shards by the index of an array job, merged, and the bad rows of all sent again', async () => {
    const { run, type, paste, write, kept, job, runs } = await newJobPlace();
    write('in.csv', `${numberedCsv(30)}x,1\n`);
    job('shard: auto/2');
    for (const index of ['0', '1']) await run(['--job', 'nightly'], { env: { JOB_COMPLETION_INDEX: index } });
    expect(runs().map((name) => name.replace(/^[\dTZ-]+?-(nightly.*)-\w{4}$/, '$1'))).toEqual([
      'nightly-1of2',
      'nightly-2of2',
    ]);
    const merged = await type(['merge', basename(kept().dir)]);
    expect(merged.code).toBe(0);
    expect(merged.stdout).toContain('Sync of nightly finished with 1 bad row');
    const again = merged.commands.find((command) => !command.includes('--corrected'));
    expect(await paste(again)).toMatchObject({ code: 1, sent: 0 });
    expect(kept().header.job).toBe('nightly');
  });

  test('a shard that was not run: the printed command does it', async () => {
    const { run, type, paste, write, kept, job } = await newJobPlace();
    write('in.csv', numberedCsv(30));
    job('shard: auto/2');
    await run(['--job', 'nightly'], { env: { JOB_COMPLETION_INDEX: '0' } });
    const merged = await type(['merge', basename(kept().dir)]);
    expect(merged.commands).toEqual(['run --job nightly --shard 2/2']);
    expect((await paste(merged.commands[0])).code).toBe(0);
  });
});

describe('--job auto', () => {
  test('is the n-th job of the file by the index of an array job', async () => {
    const { run, write, kept, job } = await newJobPlace();
    job('', '  second: { account: emea, input: in.csv, mapping: mapping.yaml, full: true }\n');
    write('in.csv', numberedCsv(3));
    for (const [env, name] of [
      [{ JOB_COMPLETION_INDEX: '0' }, 'nightly'],
      [{ AWS_BATCH_JOB_ARRAY_INDEX: '1' }, 'second'],
      [{ SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '1' }, 'second'],
    ] as const) {
      expect((await run(['--job', 'auto'], { env })).code).toBe(0);
      expect(kept().header.job).toBe(name);
    }
    expect(await run(['--job', 'auto'], { env: { JOB_COMPLETION_INDEX: '2' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('JOB_COMPLETION_INDEX is "2", and livedesk-sync.yaml has 2 jobs'),
    });
    const none = await run(['--job', 'auto']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('ERR_JOB')]);
  });

  test('a stopped one: its command names the job itself', async () => {
    const { type, paste, write, job } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    job('max_changes: 5');
    const env = { LIVEDESK_JOB: 'auto', CLOUD_RUN_TASK_INDEX: '0' };
    const many = await type(['run'], { env });
    expect(many.commands).toEqual(['run --job nightly --dry-run --max-changes 100%']);
    expect((await paste(many.commands[0], { env })).code).toBe(0);
  });
});

describe('a rotated key', () => {
  test('is changed in its file, and said once', async () => {
    const { stopped, run, write, kept, emulator, dir } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    const { commands } = await stopped(['--job', 'nightly']);
    const { port } = emulator;
    await emulator.close();
    await newPlace({ apiKey: 'rotated', port });
    process.chdir(dir);
    write('secrets/key', 'rotated\n');
    const resume = (commands[0] ?? '').split(' ').slice(1);
    const refused = await run(resume);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--same-account')]);
    expect((await run(['--job', 'nightly', '--continue', '--same-account'])).code).toBe(0);
    expect(kept().summary).toMatchObject({ rows_read: 60, pending: 0, job: 'nightly' });
    expect((await run(['--job', 'nightly', '--continue'])).code).toBe(0);
  });
});

describe('exit 2, naming both places', () => {
  test.each<[words: string[], env: Record<string, string>, message: string]>([
    [
      [],
      { LIVEDESK_API_KEY: 'k' },
      'LIVEDESK_API_KEY is set, and job "nightly" has its api_key_file from its file alone (livedesk-sync.yaml:3:11)',
    ],
    [[], { LIVEDESK_API_KEY_FILE: 'k' }, 'LIVEDESK_API_KEY_FILE is set'],
    [[], { LIVEDESK_API_SECRET: 's' }, 'its api_secret_file from its file alone (livedesk-sync.yaml:3:38)'],
    [[], { LIVEDESK_API_SECRET_FILE: 's' }, 'LIVEDESK_API_SECRET_FILE is set'],
    [
      [],
      { LIVEDESK_BASE_URL: 'https://x.example' },
      'LIVEDESK_BASE_URL is set, and job "nightly" has its base_url',
    ],
    [['--base-url', 'https://x.example'], {}, '--base-url is set'],
    [[], { LIVEDESK_INPUT: 'a.csv' }, 'LIVEDESK_INPUT is set, and job "nightly" has its input'],
    [['a.csv'], {}, 'the input a.csv is set'],
    [[], { LIVEDESK_MAPPING: 'm.yaml' }, 'LIVEDESK_MAPPING is set, and job "nightly" has its mapping'],
    [['-m', 'm.yaml'], {}, '--mapping is set'],
  ])('%o %o', async (words, env, message) => {
    const { run, write, emulator } = await newJobPlace();
    write('in.csv', numberedCsv(3));
    const { code, stderr } = await run(['--job', 'nightly', ...words], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toContain('ERR_USAGE');
    const all = await run(['--all-jobs', ...words], { env });
    expect([all.code, all.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(emulator.journal).toEqual([]);
  });

  test('also to go on with a run, but for inputs and mapping, which are those of the run', async () => {
    const { stopped, run, write, kept } = await newJobPlace();
    write('in.csv', numberedCsv(60));
    await stopped(['--job', 'nightly']);
    const resume = ['--resume', basename(kept().dir)];
    const refused = await run(resume, { env: { LIVEDESK_API_KEY: 'another' } });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('LIVEDESK_API_KEY is set')]);
    const env = { LIVEDESK_INPUT: 'a.csv', LIVEDESK_MAPPING: 'm.yaml' };
    expect((await run(resume, { env })).code).toBe(0);
  });

  test.each<[words: string[], message: string]>([
    [['--job', 'nigthly'], 'livedesk-sync.yaml has no job "nigthly". Did you mean "nightly"? (ERR_JOB)'],
    [['--job', 'nightly', '--config', 'no.yaml'], 'no.yaml: there is no such file.'],
    [['--job', 'nightly', '--all-jobs'], '--job and --all-jobs exclude each other'],
    [['in.csv', '--config', 'livedesk-sync.yaml'], '--config goes with --job NAME or --all-jobs'],
    [['--all-jobs', '--run-dir', 'x'], '--run-dir is for one run'],
    [['--all-jobs', '--resume', 'x'], '--resume is for one run'],
  ])('%o', async (words, message) => {
    const { run } = await newJobPlace();
    const { code, stderr } = await run(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a secret file that is not there is named as the file of jobs names it', async () => {
    const { run, write } = await newJobPlace();
    write('in.csv', numberedCsv(3));
    renameSync('secrets/key', 'secrets/old');
    const { code, stderr } = await run(['--job', 'nightly']);
    expect([code, stderr]).toEqual([
      2,
      'livedesk-sync: api_key_file (livedesk-sync.yaml:3:11) must be the path of a file: there is no file at the path it gives (ENOENT) (ERR_CREDENTIALS)\n',
    ]);
  });
});

describe('two jobs of one account', () => {
  test('share what is known of contacts, and --keep deletes no runs of the other', async () => {
    const { run, write, runs, job } = await newJobPlace();
    job('keep: 1', '  weekly: { account: emea, input: in.csv, mapping: mapping.yaml }\n');
    write('in.csv', numberedCsv(3));
    expect((await run(['--job', 'weekly'])).sent).toBe(3);
    for (let night = 0; night < 2; night++)
      expect(await run(['--job', 'nightly'])).toMatchObject({ code: 0, sent: 0 });
    expect(runs().map((name) => /(nightly|weekly)/.exec(name)?.[1])).toEqual(['weekly', 'nightly']);
  });
});

test('pull and probe take credentials and options of a job', async () => {
  const { type, write, job } = await newJobPlace();
  job('state: st');
  const pulled = await type(['pull', '--job', 'nightly', '--json']);
  expect([pulled.code, JSON.parse(pulled.stdout)]).toMatchObject([
    0,
    { state: expect.stringMatching(/^st\//) },
  ]);
  const probed = await type([
    'probe',
    '--job',
    'nightly',
    '--contact',
    '1',
    '--read-only',
    '--rate',
    'unlimited',
  ]);
  expect(probed.code).toBe(0);
  const bare = await type(['pull']);
  expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('ERR_CREDENTIALS_MISSING')]);
  const both = await type(['pull', '--job', 'nightly'], { env: { LIVEDESK_API_KEY: 'k' } });
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('LIVEDESK_API_KEY is set')]);
  const alone = await type(['pull', '--config', 'livedesk-sync.yaml']);
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--config goes with --job NAME')]);
  write('secrets/key', '');
  const empty = await type(['pull', '--job', 'nightly']);
  expect([empty.code, empty.stderr]).toEqual([
    2,
    expect.stringContaining('the file of api_key_file (livedesk-sync.yaml:3:11) is empty'),
  ]);
});

test('a notice names the job, and metrics have it as a label', async () => {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(text) as Record<string, unknown>);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const env = { LIVEDESK_NOTIFY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  const { run, write, job } = await newJobPlace();
  job('metrics_file: m.prom');
  write('in.csv', 'contact_id,custom_attributes.n\n1,1\nx,2\n');
  expect((await run(['--job', 'nightly'], { env })).code).toBe(1);
  write('in.csv', numberedCsv(3));
  expect((await run(['--job', 'nightly'], { env })).code).toBe(0);
  expect(bodies.map(({ job: name, event }) => [name, event])).toEqual([
    ['nightly', 'failing'],
    ['nightly', 'recovered'],
  ]);
  expect(bodies[0]?.['text']).toContain('livedesk-sync job nightly has bad rows: ');
  expect(readFileSync('m.prom', 'utf8')).toMatch(
    /livedesk_sync_exit_code\{account="\w{16}",job="nightly"\} 0\n/,
  );
});

test('the library resumes the run of a job as it resumes any other run', async () => {
  const { stopped, write, kept, emulator } = await newJobPlace();
  write('in.csv', numberedCsv(60));
  await stopped(['--job', 'nightly']);
  write('livedesk-sync.yaml', 'is not: read');
  const { sync } = await import('../../../../src/index.ts');
  const summary = await sync({
    resume: kept().dir,
    baseUrl: emulator.url,
    credentials: { apiKey: 'demo-key', apiSecret: 'demo-secret' },
  }).summary;
  expect(summary).toMatchObject({ rows_read: 60, pending: 0, exit_code: 0, job: 'nightly' });
});

test('a file of jobs that is wrong says where, before anything begins', async () => {
  const { run, write, emulator } = await newJobPlace();
  write('in.csv', numberedCsv(3));
  appendFileSync('livedesk-sync.yaml', '  weekly: { account: emea, input: in.csv, max_chnges: 5% }\n');
  const { code, stderr } = await run(['--job', 'nightly']);
  expect([code, stderr]).toEqual([
    2,
    'livedesk-sync: livedesk-sync.yaml:6:43: "max_chnges" means nothing in job "weekly". Did you mean "max_changes"? (ERR_CONFIG)\n',
  ]);
  expect(emulator.journal).toEqual([]);
});
