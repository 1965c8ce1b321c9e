import { describe, expect, test } from 'vitest';
import type { RunLine } from '../../../src/journal/journal-lines.ts';
import { pullCommand } from '../../../src/journal/run-commands.ts';
import { newPlace as place } from '../../helpers/place.ts';

const MAPPING = 'version: 1\ncontact_id: id\nfields: { name: name, email: mail }\n';
const FIRST = 'id,name,mail\n1,a1,bad\n2,a2,bad\n3,a3,c3@x.test\n4,a4,c4@x.test\n';

/** A place with a run of which rows 1 and 2 ended badly, and a later run that sent newer names to all contacts. */
async function retried() {
  const here = await place();
  here.write('m.yaml', MAPPING);
  here.write('names.yaml', 'version: 1\ncontact_id: id\nfields: { name: name }\n');
  here.write('in.csv', FIRST);
  const first = await here.run(['in.csv', '-m', 'm.yaml', '--undoable', '--max-errors', '100%']);
  expect(first.code).toBe(1);
  const { dir } = here.kept();
  const names = (): unknown[] => [1, 2, 3, 4].map((id) => here.emulator.contact(id)?.['name']);
  return { ...here, dir, names };
}

describe('a retry prints commands that are retries', () => {
  test('stopped by --max-changes: the same rows are looked at, and sent, and no newer data is overwritten', async () => {
    const { run, paste, dir, write, names } = await retried();
    write('new.csv', 'id,name\n3,new3\n4,new4\n');
    await run(['new.csv', '-m', 'names.yaml']);
    const stopped = await run(['--retry', dir, '-m', 'names.yaml', '--max-changes', '1']);
    expect([stopped.code, stopped.text]).toEqual([3, expect.stringContaining('ERR_MAX_CHANGES')]);
    expect(stopped.commands).toEqual([expect.stringMatching(/^run --retry \S+ -m names\.yaml .*--dry-run/)]);
    const looked = await paste(stopped.commands[0]);
    expect([looked.code, looked.sent]).toEqual([0, 0]);
    expect(looked.stdout).toMatch(/planned\s+2/);
    const tried = await paste(looked.commands[0]);
    expect([tried.code, tried.sent, names()]).toEqual([0, 2, ['a1', 'a2', 'new3', 'new4']]);
  });

  test('a dry run with reading options of its own: the real one has them, too', async () => {
    const { run, paste, write, kept, emulator } = await place();
    write('m.yaml', 'version: 1\ncontact_id: id\nfields: { name: name }\n');
    write('in.csv', Buffer.from('id,name\n1,a\n2,M\xfcller\n', 'latin1'));
    expect((await run(['in.csv', '-m', 'm.yaml', '--encoding', 'utf-8'])).code).toBe(1);
    const dry = await run(['--retry', kept().dir, '--encoding', 'windows-1252', '--dry-run']);
    expect(dry.commands).toEqual([expect.stringContaining('--encoding windows-1252')]);
    expect((await paste(dry.commands[0])).code).toBe(0);
    expect(emulator.contact(2)?.['name']).toBe('Müller');
  });

  test('a second retry, which has to be allowed: the real one is, too', async () => {
    const { run, paste, dir, write } = await retried();
    expect((await run(['--retry', dir, '-m', 'names.yaml'])).code).toBe(0);
    write('more.yaml', 'version: 1\ncontact_id: id\nfields: { custom_attributes.n: name }\n');
    const again = ['--retry', dir, '-m', 'more.yaml', '--dry-run'];
    expect((await run(again)).text).toContain('ERR_NEWER_RUN');
    const dry = await run([...again, '--older-data']);
    expect(dry.commands).toEqual([expect.stringContaining('--older-data')]);
    const { code, sent } = await paste(dry.commands[0]);
    expect([code, sent]).toEqual([0, 2]);
  });

  test('an undone retry offers no command: what it sent is older than the undo', async () => {
    const { type, run, dir, kept } = await retried();
    await run(['--retry', dir, '-m', 'names.yaml']);
    const undone = await type(['undo', kept().dir]);
    expect([undone.code, undone.sent, undone.stdout.includes('sends all of that again')]).toEqual([
      0,
      2,
      false,
    ]);
  });
});

test('a dry run of what another run left needs no credentials', async () => {
  const { run, type, dir } = await retried();
  const none = { env: { LIVEDESK_API_KEY: '', LIVEDESK_API_SECRET: '' } };
  const retry = await run(['--retry', dir, '-m', 'names.yaml', '--dry-run'], none);
  expect([retry.code, retry.text]).toEqual([0, expect.stringMatching(/planned\s+2/)]);
  const undo = await type(['undo', dir, '--dry-run'], none);
  expect([undo.code, undo.text]).toEqual([0, expect.stringMatching(/planned\s+2/)]);
});

test('undo refuses a field that the run did not change, and names those that it did', async () => {
  const { type, dir } = await retried();
  const { code, stderr } = await type(['undo', dir, '--field', 'nmae']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /--field nmae: \S+ changed no such field\. It changed name, email; leave --field out/,
    ),
  ]);
});

test.each<[string, Partial<RunLine>, string]>([
  ['of a job', { job: 'night' }, 'livedesk-sync pull --job night'],
  [
    'of a job in a file that was named',
    { job: 'night', given: { flags: { config: 'jobs/all jobs.yaml', rate: '5' }, environment: {} } },
    "livedesk-sync pull --job night --config 'jobs/all jobs.yaml' --rate 5",
  ],
  ['of no job', {}, 'livedesk-sync pull --base-url https://desk.example'],
])('the pull that a run %s names', (_what, more, command) => {
  const header = { base_url: 'https://desk.example', ...more } as RunLine;
  expect(pullCommand(header, {})).toBe(command);
});
