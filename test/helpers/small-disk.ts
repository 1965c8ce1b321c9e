import { execFileSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';
import { tempDir } from './temp-dir.ts';

/**
 * A directory on a disk of 64 KiB, to run full. Mounting takes root: elsewhere the test is skipped, except in
 * continuous integration, where a test that never runs would go unnoticed.
 */
export function smallDisk({ skip }: TestContext): string {
  const dir = tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'pipe' });
  } catch (cause) {
    if (process.env['CI'] === 'true') throw new Error('cannot mount a tmpfs to fill', { cause });
    skip('a full disk is not tested: mounting a tmpfs takes root');
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', dir]);
  });
  return dir;
}
