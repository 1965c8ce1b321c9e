import { defineConfig } from 'vitest/config';

/** Tests that measure real time: they run after the others, one file at a time. */
const TIMED = [
  'test/client/rate-limit/rate-limiter.test.ts',
  'test/e2e/pace.test.ts',
  'test/demo.test.ts',
  'test/e2e/hostile-api.test.ts',
  'test/e2e/several-machines.test.ts',
];

/** Tests whose programs wait most of the time, and of which none is held to a clock: two files at a time. */
const SIDE_BY_SIDE = [
  ...['outage', 'poisoned', 'resume', 'retry', 'state', 'state-create', 'torture'].map(
    (name) => `test/crash/${name}.test.ts`,
  ),
  ...['exit-codes', 'inputs', 'match-create', 'merge', 'messy-csv', 'pull', 'shards', 'state-*'].map(
    (name) => `test/e2e/${name}.test.ts`,
  ),
  'test/commands/probe/switches.test.ts',
  'test/secrets/planted.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: [...SIDE_BY_SIDE, ...TIMED],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'side by side', include: SIDE_BY_SIDE, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
