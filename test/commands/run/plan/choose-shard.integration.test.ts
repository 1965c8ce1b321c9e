import { describe, expect, it } from 'vitest';
import { cliHere } from '../../../helpers/cli-here.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../../../helpers/write-input.ts';

describe('--shard', () => {
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
