import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, open, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BadRow, Row } from '../../src/core/types.ts';
import { countRows, type InputOptions, openSource } from '../../src/input/open.ts';
import type { Source } from '../../src/input/source.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'input-'));
});
afterAll(() => rm(dir, { recursive: true }));

const noStdin = (): InputOptions => ({ stdin: Readable.from([]) });
const file = async (name: string, content: string | Buffer) => {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
};
async function drain(source: Source): Promise<(Row | BadRow)[]> {
  const rows: (Row | BadRow)[] = [];
  try {
    for await (const batch of source.rows()) rows.push(...batch);
  } finally {
    await source.close();
  }
  return rows;
}
const manyRows = (count: number) => `id,name\n${'1,Anna\n'.repeat(count)}`;

describe('a regular file', () => {
  test('has an identity, a shape, rows, and says how far it is', async () => {
    const content = manyRows(50_000);
    const source = await openSource(await file('a.csv', content), 3, noStdin());
    expect(source.identity).toEqual({
      sizeBytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(source.shape).toMatchObject({ input: 3, format: 'csv', columns: ['id', 'name'], delimiter: ',' });
    // opening reads no further than it must
    expect(source.bytesRead).toBeLessThan(content.length);
    expect(await drain(source)).toHaveLength(50_000);
    expect(source.bytesRead).toBe(content.length);
  });

  test('gives its rows in bounded batches', async () => {
    const source = await openSource(await file('batches.csv', manyRows(100_000)), 0, noStdin());
    for await (const batch of source.rows()) expect(batch.length).toBeLessThan(10_000);
    await source.close();
  });

  test.each<[name: string, change: (path: string) => Promise<void>]>([
    ['grows', (path) => appendFile(path, '2,Berta\n')],
    [
      'is overwritten in place, its time set back',
      async (path) => {
        const handle = await open(path, 'r+');
        const { atime, mtime } = await handle.stat();
        await handle.write('9', manyRows(100_000).length - 7);
        await handle.close();
        await utimes(path, atime, mtime);
      },
    ],
  ])('that %s while it is read stops the run', async (name, change) => {
    const path = await file(`${name}.csv`, manyRows(100_000));
    // whole seconds, which utimes can restore
    await utimes(path, 1_700_000_000, 1_700_000_000);
    const source = await openSource(path, 0, noStdin());
    const rows: unknown[] = [];
    const reading = async () => {
      for await (const batch of source.rows()) {
        if (rows.length === 0) await change(path);
        rows.push(...batch);
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ERR_INPUT_CHANGED', exitCode: 3 });
    expect(rows.length).toBeGreaterThan(50_000);
    await source.close();
  });

  test('that changes is noticed long before its end', async () => {
    const content = `id,note\n${`1,${'x'.repeat(1_000)}\n`.repeat(50_000)}`;
    const path = await file('large.csv', content);
    const source = await openSource(path, 0, noStdin());
    await appendFile(path, '2,y\n');
    await expect(drain(source)).rejects.toMatchObject({ code: 'ERR_INPUT_CHANGED' });
    expect(source.bytesRead).toBeLessThan(content.length / 2);
  });

  test('is counted before the run, or refused before it', async () => {
    const path = await file('count.csv', 'id,name\n1,a\n\n2\n3,c\n,');
    expect(await countRows(path, 0, noStdin(), () => true)).toBe(4);
    expect(await countRows(path, 0, noStdin(), ({ row }) => row !== 4)).toBe(3);
    const broken = await file('broken.csv', 'id,name\n1,a\n2,"b');
    await expect(countRows(broken, 0, noStdin(), () => true)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      exitCode: 2,
    });
  });

  test('whose header breaks is exit 2, whose row breaks is exit 3', async () => {
    const header = await file('header.csv', 'id,"name\n1,a\n');
    await expect(openSource(header, 0, noStdin())).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 2 });
    const source = await openSource(await file('row.csv', 'id,name\n1,a\n2,"b'), 0, noStdin());
    await expect(drain(source)).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 3 });
  });
});

describe('an input that cannot be opened', () => {
  test.each<[name: string, make: () => Promise<string>, message: RegExp]>([
    [
      'missing',
      async () => join(dir, 'nope.csv'),
      /nope\.csv cannot be opened: there is no such file.*\(ENOENT\)$/,
    ],
    ['a directory', async () => dir, /is a directory\. Name the files in it/],
    ['a directory with a slash', async () => `${dir}/`, /e\.g\. [^*]*[^/]\/\*\.csv/],
    [
      'below a file',
      async () => join(await file('plain', 'x'), 'a.csv'),
      /a part of the path is a file.*\(ENOTDIR\)$/,
    ],
    ['empty', () => file('empty.csv', ''), /empty\.csv is empty \(0 bytes\)/],
    ['an empty device', async () => '/dev/null', /is empty/],
  ])('%s', async (_name, make, message) => {
    const path = await make();
    await expect(openSource(path, 0, noStdin())).rejects.toThrow(message);
    await expect(openSource(path, 0, noStdin())).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 2 });
  });

  test('an empty stdin', async () => {
    await expect(openSource('-', 0, noStdin())).rejects.toThrow('stdin is empty (0 bytes)');
  });

  test('options that mean nothing', async () => {
    const path = await file('options.csv', 'a,b\n');
    for (const options of [{ encoding: 'klingon' }, { delimiter: '""' }]) {
      await expect(openSource(path, 0, { ...noStdin(), ...options })).rejects.toMatchObject({
        code: 'ERR_USAGE',
      });
    }
  });
});

describe('stdin and pipes', () => {
  test.each(['-', '/dev/stdin'])('%s has rows and no identity', async (name) => {
    const source = await openSource(name, 0, { stdin: Readable.from([Buffer.from('id\n1\n'), '2\n']) });
    expect(source.identity).toBeUndefined();
    expect(await drain(source)).toHaveLength(2);
  });

  test('an abort ends the rows quietly while stdin has nothing to give, a torn row left out', async () => {
    const stdin = new PassThrough();
    const stop = new AbortController();
    stdin.write(`${manyRows(20)}21,to`);
    const source = await openSource('-', 0, { stdin, signal: stop.signal });
    const rows: unknown[] = [];
    for await (const batch of source.rows()) {
      rows.push(...batch);
      setImmediate(() => stop.abort());
    }
    expect(rows).toHaveLength(20);
    expect(stdin.destroyed).toBe(true);
  });

  test('an abort ends the opening of a silent stdin', async () => {
    const stop = new AbortController();
    const opening = openSource('-', 0, { stdin: new PassThrough(), signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(opening).rejects.toMatchObject({ code: 'ERR_STOPPED', exitCode: 3 });
  });

  test('an abort ends the rows of a file', async () => {
    const stop = new AbortController();
    const source = await openSource(await file('long.csv', manyRows(100_000)), 0, {
      ...noStdin(),
      signal: stop.signal,
    });
    let count = 0;
    for await (const batch of source.rows()) {
      count += batch.length;
      stop.abort();
    }
    expect(count).toBeLessThan(20_000);
    await source.close();
  });

  test('an abort drops what was sampled and not given yet', async () => {
    const stop = new AbortController();
    const path = await file('sampled.jsonl', `{"a":"${'x'.repeat(1_000)}"}\n`.repeat(1_000));
    const source = await openSource(path, 0, { ...noStdin(), signal: stop.signal });
    let count = 0;
    for await (const batch of source.rows()) {
      count += batch.length;
      stop.abort();
    }
    expect(count).toBeLessThan(100);
    await source.close();
  });

  test('a stream that breaks off is exit 3', async () => {
    const stdin = new PassThrough();
    stdin.write(manyRows(20));
    const source = await openSource('-', 0, { stdin });
    setImmediate(() => stdin.destroy(new Error('gone')));
    await expect(drain(source)).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 3 });
  });
});
