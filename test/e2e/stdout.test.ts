import { expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { startSync, sync } from '../helpers/sync.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

it('carries the summary only', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const { stdout, stderr, summary } = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(4)), '--progress', '--log-level', 'trace'],
  });
  expect(masked(stdout, summary.run_dir)).toMatchInlineSnapshot(`
    "Sync finished with 1 bad row, in # s

      updated           3   delivered
      rejected          1   refused by the API
      rows read         4   = the sum of the above

      4 requests
      #/s of unlimited
      latency p50 # ms, p95 # ms, p99 # ms, max # ms

    Why rows ended badly:
      1 x ERR_NOT_FOUND: the account has no such contact: deleted, merged into another, or never there: Resource could not be found
          e.g. row 4, line 5

    Results: RUN/results.jsonl
    Next:    correct rejects.csv and send it: livedesk-sync run --retry RUN --corrected
             or send the bad rows again as they are: livedesk-sync run --retry RUN
    "
  `);
  expect(stderr).toContain('run begins');
});

it('is one JSON object with --json, the one in summary.json and in the last line of the journal', async () => {
  const emulator = await emulatorHere({ contacts: 3 });
  const { stdout, summary, journal } = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(4)), '--json', '--log-level', 'trace'],
  });
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(JSON.parse(stdout)).toEqual(summary);
  expect(journal.at(-1)).toEqual({ type: 'end', summary });
});

it.each(['stdout', 'stderr'] as const)('a reader of %s that goes away does not end the run', async (name) => {
  const emulator = await emulatorHere({ contacts: 20 });
  const { child, synced } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(25)), '--log-level', 'trace'],
  });
  child[name].destroy();
  const { code, rows, summary } = await synced;
  expect(code).toBe(1);
  expect(rows).toHaveLength(25);
  expect(summary.statuses).toMatchObject({ updated: 20, rejected: 5 });
});

// --- internal ---

/** Times and places differ from run to run, and of so short a run what held it back. */
function masked(text: string, runDir: string): string {
  return text
    .replace(/http:\S+/, 'URL')
    .replaceAll(runDir, 'RUN')
    .replace(/, held back by .*/, '')
    .replace(/\d+(?:\.\d+)?(?= (?:s|ms)\b|\/s of)/g, '#');
}
