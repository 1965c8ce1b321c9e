import { accessSync, constants, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, messageOf } from '../core/errors.ts';

/**
 * Why there can be no state in a directory that was not named; undefined where there can be one. It is made where it is
 * missing, mode 0700. `typeOf` gives the type of the file system of a directory.
 */
export function faultOfDefaultState(
  dir: string,
  typeOf = (dir: string) => statfsSync(dir).type,
): string | undefined {
  try {
    mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
    makeDirectory(dir);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return isNetworkFileSystem(typeOf(dir)) ? 'it lies on a network file system' : undefined;
  } catch (cause) {
    const code = codeOf(cause);
    return code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its place' : (code ?? messageOf(cause));
  }
}

/**
 * Whether `statfs` gives this type to files that another machine may change, which LMDB must not map into memory. FUSE,
 * which may hide any of them (sshfs, GlusterFS, buckets), counts as one. Other systems than Linux have other types.
 */
export function isNetworkFileSystem(type: number): boolean {
  return NETWORK.has(type >>> 0);
}

// --- internal ---

/** Made with its parents, Node calls each fault ENOENT. */
function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (cause) {
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}

/** Types of file systems in Linux. */
const NETWORK: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x01021997, // 9P: virtual machines, WSL
  0x65735546, // FUSE
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
  0x20030528, // OrangeFS
  0x01161970, // GFS2
  0x7461636f, // OCFS2
  0x5346414f, // AFS
  0x6b414653, // AFS of the kernel
  0x73757245, // Coda
  0x564c, // NCP
  0x786f4256, // shared folders of VirtualBox
  0xbacbacbc, // of VMware
]);
