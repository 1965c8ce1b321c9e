import { describe, expect, it } from 'vitest';
import { parseShard } from '../../../../src/commands/parse-values.ts';
import { rateNote } from '../../../../src/commands/run/plan/choose-shard.ts';
import { cliHere } from '../../../helpers/cli-here.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../../../helpers/write-input.ts';

describe('--shard', () => {
  it.each([
    ['1/4', { index: 1, of: 4 }],
    ['4/4', { index: 4, of: 4 }],
    ['1/1', { index: 1, of: 1 }],
    ['auto/8', { index: 'auto', of: 8 }],
    ['1000/1000', { index: 1000, of: 1000 }],
  ])('%s', (text, shard) => {
    expect(parseShard('shard', text)).toEqual(shard);
  });

  it.each(['0/4', '5/4', '1', '1/0', 'auto', 'auto/0', '1/1001', '-1/4', '1/4/4', '1.5/4', ''])(
    'not %j',
    (text) => {
      expect(() => parseShard('shard', text)).toThrow(/from 1\/4 to 4\/4, or auto\/4/);
    },
  );

  it.each<[index: string | undefined, code: number, says: RegExp]>([
    ['0', 0, /JOB_COMPLETION_INDEX, which counts from 0, is 0: this is shard 1\/3/],
    ['2', 0, /this is shard 3\/3/],
    ['3', 2, /JOB_COMPLETION_INDEX is 3, and --shard auto\/3 knows 0 to 2/],
    ['first', 2, /which is "first", no number/],
    [undefined, 2, /which is not set\. Kubernetes sets it .* --shard 1\/3/],
  ])('auto/3 where JOB_COMPLETION_INDEX is %s', async (index, code, says) => {
    const env = { LIVEDESK_SHARD: 'auto/3', ...(index === undefined ? {} : { JOB_COMPLETION_INDEX: index }) };
    const input = writeInput('contacts.csv', numberedCsv(20));
    const ended = await cliHere(['run', input, '--dry-run', '-o', `${tempDir()}/run`], { env });
    expect(ended.stderr).toMatch(says);
    expect(ended.code).toBe(code);
  });
});

describe('what is said of the rate', () => {
  it.each([
    [{ index: 2, of: 4 }, 10, /^shard 2\/4 sends at its own --rate 10: all 4 at once send up to 40 requests/],
    [{ index: 1, of: 3 }, 0.1, /up to 0\.3 requests/],
    [{ index: 1, of: 3 }, Number.POSITIVE_INFINITY, /--rate unlimited/],
  ])('%o at %s', (shard, rate, says) => {
    expect(rateNote(shard, rate)).toMatch(says);
  });

  it.each([undefined, { index: 1, of: 1 }])('nothing of %o', (shard) => {
    expect(rateNote(shard, 10)).toBeUndefined();
  });
});
