import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { showText } from '../../../src/commands/help/show-text.ts';
import type { Host } from '../../../src/core/host.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const LONG = 'line\n'.repeat(50);

interface Seat {
  readonly env?: Readonly<Record<string, string>>;
  readonly out?: boolean;
  readonly in?: boolean;
  readonly rows?: number;
}

/** What stands in a file that plays the terminal after the text was shown. */
async function shown(text: string, seat: Seat = {}): Promise<string> {
  const path = join(tempDir(), 'terminal');
  const stdout = createWriteStream(path);
  await once(stdout, 'open');
  const host = {
    env: { PATH: process.env['PATH'], PAGER: 'sed "s/^/paged /"', ...seat.env },
    stdin: Object.assign(new PassThrough(), { isTTY: seat.in ?? true }),
    stdout: Object.assign(stdout, { isTTY: seat.out ?? true, rows: seat.rows ?? 24 }),
    onSignal: () => () => undefined,
  } as unknown as Host;
  await showText(text, host);
  stdout.end();
  await once(stdout, 'close');
  return readFileSync(path, 'utf8');
}

test('a long text at a terminal is handed to the pager', async () => {
  expect(await shown(LONG)).toBe('paged line\n'.repeat(50));
});

test.each<[what: string, seat: Seat]>([
  ['is piped', { out: false }],
  ['has no reader at the keyboard', { in: false }],
  ['fits on the screen', { rows: 60 }],
  ['is for a dumb terminal', { env: { TERM: 'dumb' } }],
  ['shall have no pager', { env: { PAGER: '' } }],
  ['has a pager that is not there', { env: { PAGER: 'no-such-pager --really' } }],
])('a text that %s is written as it is', async (_what, seat) => {
  expect(await shown(LONG, seat)).toBe(LONG);
});

test('a pager that ends early is no fault, and nothing is shown twice', async () => {
  expect(await shown('line\n'.repeat(100_000), { env: { PAGER: 'head -n 1' } })).toBe('line\n');
});
