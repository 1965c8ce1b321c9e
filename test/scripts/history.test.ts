import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keep } from '../../scripts/bench/history.mjs';
import { finding, unmeasured } from '../../scripts/bench/table.mjs';
import { tempDir } from '../helpers/temp-dir.ts';

test('the history has the medians of each commit once', () => {
  const file = join(tempDir(), 'history.json');
  const about = { began: '2026-11-28T02:00:00.000Z', machine: 'm' };
  const medians = () =>
    JSON.parse(readFileSync(file, 'utf8')).map(({ commit, medians }: never) => [commit, medians]);
  keep(file, {
    ...about,
    commit: 'a',
    findings: [finding('  x', { value: 1.23456 }), unmeasured('y', 'no')],
  });
  keep(file, { ...about, commit: 'b', findings: [finding('x', { value: 2 })] });
  keep(file, { ...about, commit: 'a', findings: [finding('z', { value: 3 })] });
  expect(medians()).toEqual([
    ['b', { x: 2 }],
    ['a', { x: 1.235, z: 3 }],
  ]);
});
