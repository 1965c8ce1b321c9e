import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DoubtLog } from '../../../src/state/storage/doubt-log.ts';
import { DamagedStorage, type Doubt } from '../../../src/state/storage/storage.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const doubt = (id: number): Doubt => ({
  id,
  fields: ['name', 'custom_attributes.größe'],
  keys: ['0123456789abcdef'],
});
const idsIn = (dir: string): number[] => new DoubtLog(dir).read().map(({ id }) => id);

it('keeps what is added, for its owner only, and what is kept alone', async () => {
  const dir = tempDir();
  const log = new DoubtLog(dir);
  expect(log.read()).toEqual([]);
  expect(readdirSync(dir)).toEqual([]);
  await log.add([doubt(1), doubt(2)]);
  await log.add([doubt(3)]);
  expect(new DoubtLog(dir).read()).toEqual([doubt(1), doubt(2), doubt(3)]);
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  await log.keepOnly([doubt(3), doubt(4)]);
  await log.add([doubt(5)]);
  expect(idsIn(dir)).toEqual([3, 4, 5]);
  await log.keepOnly([doubt(5)]);
  expect(idsIn(dir)).toEqual([5]);
  await log.keepOnly([]);
  expect(idsIn(dir)).toEqual([]);
  log.close();
});

it('goes on with what an earlier process left', async () => {
  const dir = tempDir();
  const earlier = new DoubtLog(dir);
  await earlier.add([doubt(1)]);
  await earlier.keepOnly([doubt(2)]);
  earlier.close();
  const log = new DoubtLog(dir);
  await log.add([doubt(3)]);
  expect(idsIn(dir).sort()).toEqual([2, 3]);
  log.close();
});

it('drops a line that was cut off, wherever, and nothing before it', async () => {
  const dir = tempDir();
  const log = new DoubtLog(dir);
  await log.add([doubt(1), doubt(2)]);
  log.close();
  const path = join(dir, 'in-doubt.log');
  const bytes = readFileSync(path);
  const first = bytes.indexOf('\n') + 1;
  for (let end = 0; end <= bytes.length; end += 1) {
    writeFileSync(path, bytes.subarray(0, end));
    expect(idsIn(dir)).toEqual(end === bytes.length ? [1, 2] : end >= first ? [1] : []);
  }
});

it('one byte that is not as it was written is noticed, whichever it is', async () => {
  const dir = tempDir();
  const log = new DoubtLog(dir);
  await log.add([doubt(1), doubt(2)]);
  log.close();
  const path = join(dir, 'in-doubt.log');
  const bytes = readFileSync(path);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      writeFileSync(path, damaged);
      expect(() => idsIn(dir)).toThrow(DamagedStorage);
    }),
    { numRuns: 500 },
  );
  writeFileSync(path, bytes);
  appendFileSync(path, Buffer.alloc(4_096));
  expect(idsIn(dir)).toEqual([1, 2]);
});
