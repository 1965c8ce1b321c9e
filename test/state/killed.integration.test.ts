import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { systemClock as clock } from '../../src/core/clock.ts';
import { openState } from '../../src/state/open-state.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { patchOf } from './memory-storage.ts';

const ours = () => 'ours' as const;
const ACCOUNT = '0123456789abcdef';

it('kill -9 at any moment: what was in doubt still is, and the next run says so', async () => {
  const dir = tempDir();
  const kills = 5;
  const promised = new Set<number>();
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', CHILD, dir, String(kill * 1_000_000 + 1)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let lines = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      promised.add(Number(line));
      lines += 1;
      if (lines === 40 + 90 * kill) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const state = await openState(dir, ACCOUNT, 'm1', { clock });
    expect(state.notes).toEqual([expect.stringContaining('cut off')]);
    for (const id of promised) {
      expect(state.compare(patchOf(id, { name: `new ${id}` }), ours).send).toEqual(['name']);
      expect(state.compare(patchOf(id, { name: `old ${id}` }), ours).send).toEqual(['name']);
    }
    await state.close();
  }
  expect(promised.size).toBeGreaterThan(kills * 40);
});

/** Delivers an older value, then puts contacts in doubt, eight at a time, and says of which the state has promised it. */
const CHILD = `
import { writeSync } from 'node:fs';
import { openState } from '${new URL('../../build/state/open-state.js', import.meta.url)}';
import { systemClock as clock } from '${new URL('../../build/core/clock.js', import.meta.url)}';
const [dir, first] = process.argv.slice(1);
const state = await openState(dir, '${ACCOUNT}', 'm1', { clock });
const patchOf = (contactId, name) => ({ contactId, body: { name }, fields: ['name'] });
let next = Number(first);
await Promise.all(Array.from({ length: 8 }, async () => {
  for (;;) {
    const id = next++;
    const older = patchOf(id, 'old ' + id);
    await state.doubt(older, older.fields);
    state.delivered(older, older.fields, undefined);
    const newer = patchOf(id, 'new ' + id);
    await state.doubt(newer, newer.fields);
    writeSync(1, id + '\\n');
  }
}));
`;
