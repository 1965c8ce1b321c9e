import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { noteSender, wasSentByOthers } from '../../src/state/last-sender.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const ACCOUNT = '0123456789abcdef';

function twoRoots() {
  const dir = tempDir();
  const roots = [join(dir, 'runs'), join(dir, 'elsewhere')];
  for (const root of roots) mkdirSync(root);
  return { own: roots[0] ?? '', other: roots[1] ?? '', roots };
}

it('is the state that a process had, or none', () => {
  const { own, roots } = twoRoots();
  expect(wasSentByOthers(roots, ACCOUNT, 'a')).toBe(false); // nothing was sent yet
  for (const [sender, byA, byB] of [
    ['a', false, true],
    ['b', true, false],
    [undefined, true, true],
    ['a', false, true],
  ] as const) {
    noteSender({ own, roots }, ACCOUNT, sender);
    expect([wasSentByOthers(roots, ACCOUNT, 'a'), wasSentByOthers(roots, ACCOUNT, 'b')]).toEqual([byA, byB]);
    expect(wasSentByOthers(roots, 'fedcba9876543210', 'a')).toBe(false);
  }
  expect(readdirSync(own)).toEqual([`.${ACCOUNT}.sender.json`]);
  expect(statSync(join(own, `.${ACCOUNT}.sender.json`)).mode & 0o777).toBe(0o600);
});

it('stands where the run is, and where the account was sent to from before', () => {
  const { own, other, roots } = twoRoots();
  noteSender({ own, roots }, ACCOUNT, 'a');
  expect(readdirSync(other)).toEqual([]);
  noteSender({ own: other, roots }, ACCOUNT, undefined);
  expect(wasSentByOthers([own], ACCOUNT, 'a')).toBe(true);
  noteSender({ own: undefined, roots: [own, join(own, 'not-there')] }, ACCOUNT, 'a');
  expect([wasSentByOthers([own], ACCOUNT, 'a'), wasSentByOthers([other], ACCOUNT, 'a')]).toEqual([
    false,
    true,
  ]);
});

it('may be any where the note cannot be read, until another one is left', () => {
  const { own, roots } = twoRoots();
  for (const text of ['', '{"state_id":', '[]', '{"state_id":7}', 'null']) {
    writeFileSync(join(own, `.${ACCOUNT}.sender.json`), text);
    expect(wasSentByOthers(roots, ACCOUNT, 'a')).toBe(true);
  }
  noteSender({ own, roots }, ACCOUNT, 'a');
  expect(wasSentByOthers(roots, ACCOUNT, 'a')).toBe(false);
});
