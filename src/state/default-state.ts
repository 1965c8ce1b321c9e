import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { codeOf, messageOf } from '../core/errors.ts';

/**
 * Why there can be no state in a directory that was not named; undefined where there can be one. It is made where it is
 * missing, mode 0700.
 */
export function faultOfDefaultState(dir: string): string | undefined {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return isNetworkFileSystem(statfsSync(dir).type) ? 'it lies on a network file system' : undefined;
  } catch (cause) {
    return codeOf(cause) ?? messageOf(cause);
  }
}

/** Whether `statfs` gives this type to files of another machine, which LMDB must not map into memory. */
export function isNetworkFileSystem(type: number): boolean {
  return NETWORK.has(type >>> 0);
}

// --- internal ---

/** Of Linux' `magic.h`, in this order: NFS, SMB, CIFS, SMB 2, AFS (two), Coda, Ceph, Lustre, GPFS, NCP, 9P. */
const NETWORK = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x6b414653, 0x73757245, 0x00c36400, 0x0bd00bd0,
  0x47504653, 0x564c, 0x01021997,
]);
