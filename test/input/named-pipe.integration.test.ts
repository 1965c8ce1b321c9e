import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type InputOptions, openSource } from '../../src/input/open.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const noStdin = (): InputOptions => ({ stdin: Readable.from([]) });
const pipe = (name: string) => {
  const path = join(tempDir(), name);
  execFileSync('mkfifo', [path]);
  return path;
};
const manyRows = (count: number) => `id,name\n${'1,Anna\n'.repeat(count)}`;

test('a named pipe waits for its writer', async () => {
  const path = pipe('slow');
  const opening = openSource(path, 0, noStdin());
  await writeFile(path, manyRows(20_000));
  const source = await opening;
  let count = 0;
  for await (const batch of source.rows()) count += batch.length;
  await source.close();
  expect(count).toBe(20_000);
});

test('an abort ends the rows of a pipe whose writer is idle', async () => {
  const path = pipe('idle');
  const stop = new AbortController();
  const opening = openSource(path, 0, { ...noStdin(), signal: stop.signal });
  const writer = await open(path, 'w');
  await writer.write(`${manyRows(20)}21,to`);
  const source = await opening;
  const rows: unknown[] = [];
  for await (const batch of source.rows()) {
    rows.push(...batch);
    setImmediate(() => stop.abort());
  }
  expect(rows).toHaveLength(20);
  await writer.close();
});

test('an abort ends the opening of a pipe nobody writes to', async () => {
  const stop = new AbortController();
  const opening = openSource(pipe('nobody'), 0, { ...noStdin(), signal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(opening).rejects.toMatchObject({ code: 'ERR_STOPPED', exitCode: 3 });
});
