// @ts-check
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContacts, writeMappings } from './input.mjs';
import { installPeers } from './peers.mjs';

/**
 * What the benches share.
 * @typedef {object} Context
 * @property {boolean} isQuick
 * @property {string} dir For files; is removed at the end.
 * @property {ReturnType<typeof writeMappings>} mappings
 * @property {string | undefined} peers Folder of what is compared with; undefined where it cannot be installed.
 * @property {(rows: number, sendEach?: number) => string} contacts Path of a CSV of so many rows.
 * @property {() => void} close
 */

/** @param {{ readonly isQuick: boolean, readonly needsPeers: boolean }} options @returns {Context} */
export function createContext({ isQuick, needsPeers }) {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-bench-'));
  return {
    isQuick,
    dir,
    mappings: writeMappings(dir),
    peers: needsPeers ? installPeers() : undefined,
    contacts(rows, sendEach = 1) {
      const path = join(dir, `contacts-${rows}-${sendEach}.csv`);
      return existsSync(path) ? path : writeContacts(path, rows, { sendEach });
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
