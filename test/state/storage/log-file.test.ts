import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogFile } from '../../../src/state/storage/log-file.ts';
import type { LoggedChange } from '../../../src/state/storage/logged-change.ts';
import { DamagedStorage } from '../../../src/state/storage/storage.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const settled = (id: number): LoggedChange => ({ kind: 'settled', id });
const ALL: readonly LoggedChange[] = [
  {
    kind: 'doubt',
    doubt: { id: 1, fields: ['name', 'custom_attributes.größe'], keys: ['0123456789abcdef'] },
  },
  { kind: 'meta', key: 'path:1', value: 'custom_attributes.größe' },
  { kind: 'holder', prefix: '0123456789', id: 1, isHeld: true },
  { kind: 'contact', id: 1, bytes: Buffer.from([0, 255, 7, 10, 13]) },
  { kind: 'contact', id: 2, bytes: Buffer.from([1]), keys: [['0123456789', false]] },
  { kind: 'contact', id: 3, bytes: Buffer.from([1]), keys: [['9876543210', true]], isSettled: true },
  settled(1),
];
const idsIn = (dir: string): number[] =>
  new LogFile(dir).read().flatMap((entry) => (entry.kind === 'settled' ? [entry.id] : []));

it('gives back what it was given, in order, for its owner only', async () => {
  const dir = tempDir();
  const log = new LogFile(dir);
  expect(log.read()).toEqual([]);
  log.clear();
  expect(readdirSync(dir)).toEqual([]);
  log.add(ALL.slice(0, 2));
  log.add(ALL.slice(2));
  await log.sync();
  expect(new LogFile(dir).read()).toEqual(ALL);
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  log.close();
});

it('is begun anew as often as you like, and the older file comes first where both count', async () => {
  const dir = tempDir();
  const log = new LogFile(dir);
  log.add([settled(1)]);
  for (let time = 2; time < 7; time += 1) {
    await log.beginAnew([settled(10 * time)]);
    log.add([settled(10 * time + 1)]);
    expect(idsIn(dir)).toEqual([10 * time, 10 * time + 1]);
  }
  log.close();
  // a process that was cut off has left the older one, too
  const [newer = '', older = ''] = ['log', 'log-2'].sort(
    (a, b) => statSync(join(dir, b)).size - statSync(join(dir, a)).size,
  );
  const number = Number(/"f",(\d+)/.exec(readFileSync(join(dir, newer), 'utf8'))?.[1]);
  const place = tempDir();
  const other = new LogFile(place);
  other.add([settled(7)]);
  for (let time = 2; time < number; time += 1) await other.beginAnew([settled(7)]);
  other.close();
  const left = ['log', 'log-2'].find((name) => statSync(join(place, name)).size > 0) ?? '';
  writeFileSync(join(dir, older), readFileSync(join(place, left)));
  expect(idsIn(dir)).toEqual([7, 60, 61]);
  const again = new LogFile(dir);
  again.add([settled(62)]);
  expect(idsIn(dir)).toEqual([7, 60, 61, 62]);
  again.clear();
  expect(idsIn(dir)).toEqual([]);
  again.close();
});

it('drops a line that was cut off, wherever, and goes on in its place', () => {
  const dir = tempDir();
  const log = new LogFile(dir);
  log.add([settled(1), settled(2)]);
  log.close();
  const path = join(dir, 'log-2');
  const bytes = readFileSync(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  for (let end = 0; end <= bytes.length; end += 1) {
    writeFileSync(path, bytes.subarray(0, end));
    const whole = [1, 2].slice(0, Math.max(0, ends.filter((at) => at <= end).length - 1));
    expect(idsIn(dir)).toEqual(whole);
    const again = new LogFile(dir);
    again.add([settled(3)]);
    again.close();
    expect(idsIn(dir)).toEqual([...whole, 3]);
  }
});

it('one byte that is not as it was written is noticed, whichever it is', () => {
  const dir = tempDir();
  const log = new LogFile(dir);
  log.add(ALL);
  log.close();
  const path = join(dir, 'log-2');
  const bytes = readFileSync(path);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      writeFileSync(path, damaged);
      expect(() => new LogFile(dir).read()).toThrow(DamagedStorage);
    }),
    { numRuns: 500 },
  );
  writeFileSync(path, bytes);
  appendFileSync(path, Buffer.alloc(4_096));
  expect(new LogFile(dir).read()).toEqual(ALL);
});
