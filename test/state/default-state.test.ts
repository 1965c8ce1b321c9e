import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { faultOfDefaultState, isNetworkFileSystem } from '../../src/state/default-state.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test.each([
  // as `stat -f -c %t` says it
  ['nfs', 0x6969, true],
  ['smb', 0x517b, true],
  ['cifs', 0xff534d42, true],
  ['cifs where a long has 32 bits', 0xff534d42 | 0, true],
  ['smb2', 0xfe534d42, true],
  ['fuse.sshfs, fuse.glusterfs', 0x65735546, true],
  ['9p', 0x01021997, true],
  ['ceph', 0x00c36400, true],
  ['lustre', 0x0bd00bd0, true],
  ['gpfs', 0x47504653, true],
  ['gfs2', 0x01161970, true],
  ['ocfs2', 0x7461636f, true],
  ['afs', 0x5346414f, true],
  ['ext4', 0xef53, false],
  ['xfs', 0x58465342, false],
  ['btrfs', 0x9123683e, false],
  ['zfs', 0x2fc12fc1, false],
  ['f2fs', 0xf2f52010, false],
  ['tmpfs', 0x01021994, false],
  ['overlayfs', 0x794c7630, false],
  ['apfs on macOS', 26, false],
  ['NTFS on Windows', 0, false],
])('%s', (_name, type, isNetwork) => {
  expect(isNetworkFileSystem(type)).toBe(isNetwork);
});

it('is made, for nobody else to read', () => {
  const dir = join(tempDir(), 'runs', '.state');
  expect(faultOfDefaultState(dir)).toBeUndefined();
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

it('cannot be on a network file system, nor where a file is', () => {
  const dir = join(tempDir(), '.state');
  expect(faultOfDefaultState(dir, () => 0x6969)).toBe('it lies on a network file system');
  expect(existsSync(join(dir, 'data.mdb'))).toBe(false);
  writeFileSync(`${dir}-file`, '');
  expect(faultOfDefaultState(`${dir}-file`)).toBe('a file is in its place');
  expect(faultOfDefaultState(join(`${dir}-file`, 'state'))).toBe('a file is in its place');
});
