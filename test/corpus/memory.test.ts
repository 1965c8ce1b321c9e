import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';
import { fixture } from '../helpers/fixture.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MIB = 1024 * 1024;
/** What a dry run of a bad input may take more than one of two good rows; garbage not yet collected is most of it. */
const MOST_MORE_BYTES = 192 * MIB;

const HEADER = 'contact_id,name,email\n318763,Anna,anna@example.com\n';
const FIRST_LINE = '{"contact_id":318763,"name":"Anna"}\n';

test.each<[what: string, exit: number, input: () => string]>([
  ['a million columns', 2, () => fixture('corpus/csv/million-columns.csv.gz')],
  ['a key of half a MiB above 9,000 others', 0, () => fixture('corpus/jsonl/key-of-half-a-mib.jsonl.gz')],
  ['512 MiB of one cell', 3, () => bomb('cell.csv.gz', HEADER, '318764,')],
  ['512 MiB of one quoted cell', 3, () => bomb('quoted.csv.gz', HEADER, '318764,"')],
  ['512 MiB of one line', 1, () => bomb('line.jsonl.gz', FIRST_LINE, '{"a":"')],
  ['512 MiB of a first line', 2, () => bomb('first.csv.gz', '', '')],
  ['512 MiB of commas', 2, () => bomb('commas.csv.gz', '', 'a', ',')],
  ['32 MiB of blank lines', 0, () => bomb('blank.csv.gz', HEADER, '', '\n', 32)],
  // blank rows are skipped, each with its outcome
  [
    '8 MiB of rows that are empty',
    0,
    () => bomb('empty-rows.csv.gz', 'contact_id,name,email\n', '', ',,\n', 8),
  ],
])('%s', { timeout: 180_000 }, async (_what, exit, input) => {
  const good = await measure(fixture('corpus/contacts.csv'));
  const bad = await measure(input());
  expect(good.code).toBe(0);
  expect(bad.code).toBe(exit);
  expect(bad.maxBytes - good.maxBytes).toBeLessThan(MOST_MORE_BYTES);
});

// --- internal ---

/** A gzip file in members that swell a thousandfold. */
function bomb(name: string, start: string, last: string, filling = 'x', mebibytes = 512): string {
  const member = gzipSync(filling.repeat(Math.floor((8 * MIB) / filling.length)));
  const path = join(tempDir(), name);
  writeFileSync(path, Buffer.concat([gzipSync(start + last), ...Array(mebibytes / 8).fill(member)]));
  return path;
}

async function measure(input: string): Promise<{ code: number | null; maxBytes: number }> {
  const dir = tempDir();
  const note = join(dir, 'max-rss');
  const hook = join(dir, 'note.mjs');
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)));`,
  );
  const args = ['run', input, '--dry-run', '--log-level', 'silent', '--run-dir', join(dir, 'run')];
  const { code, stderr } = await runCli(args, {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` },
  });
  expect(stderr).not.toContain('a bug of ours');
  return { code, maxBytes: Number(readFileSync(note, 'utf8')) * 1024 };
}
