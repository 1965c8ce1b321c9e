import { defineConfig } from 'vitest/config';
import { type Layer, testsOf } from './test/layers.ts';

/** Tests that measure real time: they run after the others, one file at a time. */
const TIMED = [
  'test/client/rate-limit/rate-limiter.integration.test.ts',
  'test/mapping/parse/large-table.integration.test.ts',
  'test/e2e/pace.test.ts',
  'test/demo.test.ts',
  'test/e2e/hostile-api.test.ts',
  'test/e2e/several-machines.test.ts',
];

/** Tests whose programs wait most of the time, and of which none is held to a clock: four files at a time. */
const SIDE_BY_SIDE = [
  ...[
    'apply',
    'begun',
    'containers',
    'continue',
    'disk',
    'outage',
    'poisoned',
    'resume',
    'retry',
    'state',
    'state-create',
    'ten-nights',
    'torture',
  ].map((name) => `test/crash/${name}.test.ts`),
  'test/crash/whose-fault.test.ts',
  ...[
    'announcing',
    'apply',
    'exit-codes',
    'guard',
    'inputs',
    'job-nights',
    'jobs',
    'match-create',
    'match-law',
    'merge',
    'messy-csv',
    'migration',
    'missing',
    'newer-sequences',
    'plan',
    'pull',
    'runs',
  ].map((name) => `test/e2e/${name}.test.ts`),
  'test/e2e/shards.test.ts',
  ...testsIn('integration').filter((file) => file.startsWith('test/e2e/state-')),
  ...[
    'probe/stopping',
    'probe/switches',
    'pull/pull-contacts',
    'run/jobs/jobs',
    'run/printed-commands',
    'run/printed-retries',
    'run/remembered',
  ].map((name) => `test/commands/${name}.integration.test.ts`),
  'test/secrets/planted.test.ts',
];

/** Tests that start programs and services: all at once, a few at a time, or one by one, and nothing else beside them. */
function programs(layer: Layer) {
  const files = testsIn(layer);
  const isAlone = (file: string) => TIMED.includes(file);
  const isFew = (file: string) => SIDE_BY_SIDE.includes(file);
  return [
    {
      name: layer,
      include: files.filter((file) => !isAlone(file) && !isFew(file)),
      maxWorkers: 3,
      sequence: { groupOrder: 1 },
    },
    {
      name: `${layer}, side by side`,
      include: files.filter(isFew),
      maxWorkers: 4,
      sequence: { groupOrder: 2 },
    },
    { name: `${layer}, timed`, include: files.filter(isAlone), maxWorkers: 1, sequence: { groupOrder: 3 } },
  ].filter(({ include }) => include.length > 0);
}

export default defineConfig({
  test: {
    // several times what a test takes, for machines that do something else as well
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      // unit tests share threads and what they have imported: none leaves anything behind
      {
        name: 'unit',
        include: testsIn('unit'),
        pool: 'threads' as const,
        isolate: false,
        maxWorkers: '100%',
        sequence: { groupOrder: 0 },
      },
      ...programs('integration'),
      ...programs('crash'),
    ].map((test) => ({ extends: true as const, test })),
  },
});

function testsIn(layer: Layer): string[] {
  return testsOf(layer).map((file) => `test/${file}`);
}
