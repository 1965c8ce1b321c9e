import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readBytes } from '../helpers.ts';

const csv = `a,b\n${Array.from({ length: 20_000 }, (_, row) => `${row},${(row * 7919) % 10_007}`).join('\n')}\n`;
const packed = gzipSync(csv);

test('members one after the other are one file', async () => {
  const bytes = Buffer.concat([gzipSync('a,b\n1,'), gzipSync('2\n3,4\n')]);
  expect((await readBytes(bytes, 'contacts.csv.gz')).rows).toHaveLength(2);
});

test('zeros after the end are padding', async () => {
  const { rows, error } = await readBytes(
    Buffer.concat([packed, Buffer.alloc(512)]),
    'contacts.csv.gz',
    {},
    [1000],
  );
  expect(rows).toHaveLength(20_000);
  expect(error).toBeUndefined();
});

test.each<[name: string, bytes: Buffer]>([
  ['cut off', packed.subarray(0, -200)],
  ['cut off within its check sum', packed.subarray(0, -3)],
  ['with a wrong check sum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)])],
  ['followed by other bytes', Buffer.concat([packed, Buffer.from('other bytes')])],
  ['whose next member hides behind zeros', Buffer.concat([packed, Buffer.alloc(9), packed])],
  [
    'damaged midway',
    Buffer.concat([packed.subarray(0, -20_000), Buffer.alloc(100, 0xff), packed.subarray(-19_900)]),
  ],
])('gzip %s ends the run after the rows before', async (_name, bytes) => {
  for (const sizes of [[], [1000]]) {
    const { rows, error } = await readBytes(bytes, 'contacts.csv.gz', {}, sizes);
    expect(error).toMatchObject({ name: 'RunError', code: 'ERR_INPUT', exitCode: 3 });
    expect((error as Error).message).toMatch(/^contacts\.csv\.gz: the gzip data is damaged or cut off/);
    expect(rows.length).toBeGreaterThan(5_000);
    // what follows may be made of damaged data
    expect(rows.slice(0, 5_000).every((row) => 'record' in row)).toBe(true);
  }
});

test('gzip within gzip and a damaged header are refused', async () => {
  await expect(readBytes(gzipSync(packed), 'x.csv.gz')).rejects.toThrow('x.csv.gz is gzip within gzip');
  await expect(readBytes(gzipSync(''), 'x.csv.gz')).rejects.toThrow('is empty');
});
