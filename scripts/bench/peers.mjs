// @ts-check
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FROM = fileURLToPath(new URL('peers/', import.meta.url));
/** Where git, linters and packers do not look. */
const TO = fileURLToPath(new URL('../../node_modules/.cache/bench-peers/', import.meta.url));

/**
 * Installs what is compared with, unless it is there; gives its folder, or undefined where it cannot be had.
 * @returns {string | undefined}
 */
export function installPeers() {
  const lock = 'package-lock.json';
  const isThere =
    existsSync(join(TO, 'node_modules/.package-lock.json')) &&
    readFileSync(join(TO, lock), 'utf8') === readFileSync(join(FROM, lock), 'utf8');
  if (isThere) return TO;
  mkdirSync(TO, { recursive: true });
  for (const name of ['package.json', lock]) copyFileSync(join(FROM, name), join(TO, name));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  try {
    execFileSync('npm', args, { cwd: TO, stdio: ['ignore', 'ignore', 'inherit'] });
    return TO;
  } catch {
    return undefined;
  }
}
