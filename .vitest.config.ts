import { defineConfig } from 'vitest/config';

/** Tests that measure real time: they run after the others, one file at a time. */
const TIMED = [
  'test/**/pace.test.ts',
  'test/demo.test.ts',
  'test/e2e/hostile-api.test.ts',
  'test/e2e/several-machines.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'all', include: ['test/**/*.test.ts'], exclude: TIMED, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
