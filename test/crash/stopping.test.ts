import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, type Site, until } from './site.ts';

/** A stop that waits for nothing but rows in flight takes far less. */
const AT_ONCE_MS = 2_500;

interface Waiting {
  readonly what: string;
  readonly emulator: EmulatorOptions;
  readonly args: readonly string[];
  /** Whether the run has come to wait. */
  readonly isWaiting: (site: Site, stderr: string) => boolean;
}

const WAITING: readonly Waiting[] = [
  {
    what: 'rows that wait to try again',
    emulator: { faults: { 408: 1 } },
    args: ['--max-attempts', '50'],
    isWaiting: ({ emulator }) => emulator.requests.length > 200,
  },
  {
    what: 'a pause of an hour that the API asked for',
    emulator: { limit: { requests: 5, windowMs: 3_600_000 }, throttleMode: 'retry-after' },
    args: ['--outage-budget', '2h'],
    isWaiting: (_site, stderr) => stderr.includes('the API asks to wait'),
  },
  {
    what: 'an outage',
    emulator: { down: true },
    args: [],
    isWaiting: (_site, stderr) => stderr.includes('the API does not answer'),
  },
  {
    what: 'a rate of one request in a hundred seconds',
    emulator: {},
    args: ['--rate', '0.01'],
    isWaiting: ({ emulator }) => emulator.journal.length === 1,
  },
  {
    what: 'a server that never answers, once --drain-timeout is over',
    emulator: { faults: { hang: 1 } },
    args: ['--drain-timeout', '500ms'],
    isWaiting: ({ emulator }) => emulator.requests.length >= 50,
  },
];

describe('a signal is not held up by', () => {
  it.each(WAITING)('$what', async ({ emulator, args, isWaiting }) => {
    const site = await newSite(emulator);
    const input = site.write('contacts.csv', numberedCsv(500));
    const { child, ended } = site.start([input, ...args]);
    let stderr = '';
    child.stderr.on('data', (text: string) => {
      stderr += text;
    });
    await until(() => isWaiting(site, stderr), child);
    const began = performance.now();
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    expect(code).toBe(130);
    const { rows, summary } = site.kept();
    expect(summary).toMatchObject({ stopped: { code: 'SIGINT' }, statuses: { failed: 0 } });
    expect(rows.length + (summary?.pending ?? 0)).toBe(summary?.rows_read);
    expect(stdout).toMatch(/Next: +livedesk-sync run --resume /);
  });

  it('a pipe that nobody writes to', async () => {
    const site = await newSite();
    const pipe = join(site.dir, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    const { child, ended } = site.start([pipe]);
    // it holds the account's lock, and its opening waits for a writer
    await until(() => namesIn(join(site.dir, 'runs')).some((name) => name.startsWith('.lock-')), child);
    await delay(300);
    const began = performance.now();
    child.kill('SIGTERM');
    const { code } = await ended;
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    expect(code).toBe(143);
  });

  it('stdin that is being kept with --spool', async () => {
    const site = await newSite();
    const { child, ended } = site.start(['-', '--spool'], { stdin: 'pipe' });
    child.stdin?.write('contact_id,name\n1,a\n');
    const isKept = (name: string): boolean =>
      name.startsWith('.incoming-') && namesIn(join(site.dir, 'runs', name)).includes('spool');
    await until(() => namesIn(join(site.dir, 'runs')).some(isKept), child);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(site.emulator.journal).toEqual([]);
  });

  it('another run that it waits for', async () => {
    const site = await newSite({ faults: { hang: 1 } });
    const input = site.write('contacts.csv', numberedCsv(5));
    site.start([input]);
    await until(() => site.emulator.requests.length > 0);
    const { child, ended } = site.start([input, '--wait-lock', '1h']);
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: string) => text.includes('waiting for another run') && resolve());
    });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });
});

it('rows in flight are finished, so that going on sends nothing again', async () => {
  const site = await newSite({ latencyMs: [50, 150] });
  const input = site.write('contacts.csv', numberedCsv(400));
  const { child, ended } = site.start([input, '--rate', '200', '--concurrency', '30']);
  await until(() => site.emulator.journal.length >= 60, child);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(143);
  const sent = site.emulator.journal.length;
  expect(site.kept().rows).toHaveLength(sent);
  expect((await site.run(['--resume', 'runs/latest'])).code).toBe(0);
  expect(site.emulator.journal).toHaveLength(400);
});

it('--stop-after takes no new rows, and the next night goes on', async () => {
  const site = await newSite();
  site.write('contacts.csv', numberedCsv(200));
  // on a busy machine the start of the program takes a second of it
  const night = ['contacts.csv', '--continue', '--stop-after', '2s', '--rate', '60'];
  const codes = [];
  for (let nights = 0; nights < 12 && codes.at(-1) !== 0; nights += 1)
    codes.push((await site.run(night)).code);
  expect(codes.slice(0, -1).every((code) => code === 3)).toBe(true);
  expect(codes.at(-1)).toBe(0);
  expect(site.runs()).toHaveLength(1);
  expect(site.emulator.journal).toHaveLength(200);
});

function namesIn(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}
