import { expect, test } from 'vitest';
import { readArrayIndex } from '../../src/core/array-index.ts';

test.each<[env: Record<string, string>, index: number | undefined]>([
  [{ JOB_COMPLETION_INDEX: '0' }, 0],
  [{ JOB_COMPLETION_INDEX: '3' }, 3],
  [{ AWS_BATCH_JOB_ARRAY_INDEX: '2' }, 2],
  [{ CLOUD_RUN_TASK_INDEX: '1' }, 1],
  [{ NOMAD_ALLOC_INDEX: '4' }, 4],
  [{ SLURM_ARRAY_TASK_ID: '4' }, 4],
  [{ SLURM_ARRAY_TASK_ID: '4', SLURM_ARRAY_TASK_MIN: '1' }, 3],
  [{ SLURM_ARRAY_TASK_ID: '30', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_STEP: '10' }, 2],
  [{ JOB_COMPLETION_INDEX: '', AWS_BATCH_JOB_ARRAY_INDEX: '5' }, 5],
  [{ JOB_COMPLETION_INDEX: 'two' }, undefined],
  [{ JOB_COMPLETION_INDEX: '-1' }, undefined],
])('%o is the index %s', (env, index) => {
  expect(readArrayIndex(env)?.index).toBe(index);
});

test('no engine, no index', () => {
  expect(readArrayIndex({ PATH: '/bin' })).toBeUndefined();
});
