import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite } from './site.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

it.each([
  ['a reader of both that leaves at once', '2>&1', '| true'],
  ['a reader that leaves after one line', '2>&1', '| head -n 1'],
  ['a stdout that is full', '> /dev/full'],
  ['a stderr that is full', '2> /dev/full'],
  ['both full', '> /dev/full 2>&1'],
  ['a stdout that is closed', '>&-'],
  ['a stderr that is closed', '2>&-'],
  ['a stdin that is closed', '<&-'],
])('%s loses no line of the journal', async (_what, redirection, reader = '') => {
  const site = await newSite({ contacts: 100, latencyMs: [1, 5] });
  site.write('contacts.csv', `${numberedCsv(100)}x,1\n`);
  const command = `{ "$0" "$1" run contacts.csv --rate 400 --log-level trace ${redirection}; echo $? > code; } ${reader}`;
  const child = spawn('sh', ['-c', command, process.execPath, MAIN], {
    cwd: site.dir,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      LIVEDESK_BASE_URL: site.emulator.url,
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
    },
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(readFileSync(join(site.dir, 'code'), 'utf8')).toBe('1\n');
  const { journal, summary } = site.kept();
  expect(journal.at(-1)).toMatchObject({ type: 'end' });
  expect(summary).toMatchObject({ exit_code: 1, rows_read: 101, statuses: { updated: 100, invalid: 1 } });
});

it.each([
  ['full', '> /dev/full', 'ENOSPC'],
  ['a pipe whose reader went away before the summary', '| true', 'EPIPE'],
])('a good run whose stdout is %s does not end with 0, and says why', async (_what, redirection, why) => {
  const site = await newSite({ contacts: 10, latencyMs: [100, 100] });
  site.write('contacts.csv', numberedCsv(10));
  const [into, reader] = redirection.startsWith('|') ? ['', redirection] : [redirection, ''];
  const command = `{ "$0" "$1" run contacts.csv --rate 100 ${into} 2> log; echo $? > code; } ${reader}`;
  const child = spawn('sh', ['-c', command, process.execPath, MAIN], {
    cwd: site.dir,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      LIVEDESK_BASE_URL: site.emulator.url,
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
    },
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(readFileSync(join(site.dir, 'code'), 'utf8')).toBe('3\n');
  expect(readFileSync(join(site.dir, 'log'), 'utf8')).toContain(
    `stdout could not be written to its end (${why})`,
  );
  expect(site.kept().summary).toMatchObject({ exit_code: 0, rows_read: 10, statuses: { updated: 10 } });
});
