import { expect, test } from 'vitest';
import { run } from '../../../../src/commands/run/command.ts';
import { OPTION_MEMORY, recallOptions } from '../../../../src/commands/run/plan/remembered-options.ts';

test('of every option it is decided how long it holds', () => {
  expect(Object.keys(OPTION_MEMORY).sort()).toEqual(Object.keys(run.options).sort());
});

test.each([
  ['a flag', { resume: 'x' }, { continue: true, retry: 'y' }, { resume: expect.stringMatching(/x$/) }],
  ['a flag of another kind', { continue: true }, { resume: 'y' }, { continue: true }],
])('%s says how a run goes on, whatever the environment says', async (_what, flags, environment, meant) => {
  const { args } = await recallOptions({ flags, environment }, ['in.csv']);
  const { resume, retry, continue: goesOn } = args;
  expect(JSON.parse(JSON.stringify({ resume, retry, continue: goesOn }))).toEqual(meant);
});
