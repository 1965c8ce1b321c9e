// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A disk that fills up: a file system in memory of a few bytes.
 * @param {string} dir Is made.
 * @param {number} bytes
 */
export function mountSmallDisk(dir, bytes) {
  mkdirSync(dir, { recursive: true });
  mount(['-t', 'tmpfs', '-o', `size=${bytes}`, 'livedesk-sync-torture', dir]);
  return {
    /** @param {number} more */
    grow: (more) => mount(['-o', `remount,size=${more}`, dir]),
    remove: () => execFileSync('umount', [dir], { stdio: 'ignore' }),
  };
}

/** Whether this process may mount: root may, mostly. */
export function canMount() {
  const dir = mkdtempSync(join(tmpdir(), 'torture-disk-'));
  try {
    mountSmallDisk(dir, 4_096).remove();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} args */
function mount(args) {
  execFileSync('mount', args, { stdio: 'ignore' });
}
