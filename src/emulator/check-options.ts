import { RunError } from '../core/errors.ts';
import type { EmulatorOptions } from './options.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);
const MAX_CONTACTS = 100_000_000;
const MAX_SHARED_PHONES = 100_000;

/** The whole-number options with the least and the greatest value they take. */
const RANGES = [
  ['port', 0, 65_535],
  ['contacts', 0, MAX_CONTACTS],
  ['firstId', 1, Number.MAX_SAFE_INTEGER - MAX_CONTACTS],
  ['seed', 0, 2 ** 31],
  ['sharedPhones', 0, MAX_SHARED_PHONES],
  ['journalLimit', 0, Number.MAX_SAFE_INTEGER],
] as const;

/** Lists of whole numbers, with the least and the greatest that each of them may be. */
const LISTS = [
  ['imported', 1, MAX_CONTACTS],
  ['nullAttributesOf', 1, Number.MAX_SAFE_INTEGER],
] as const;

/** Checks what is fixed at the start; switches are checked where they are set. @throws RunError `ERR_EMULATOR_OPTION`. */
export function checkOptions(options: EmulatorOptions): void {
  if (options.host !== undefined && !LOOPBACK.has(options.host)) {
    throw wrong('host', '127.0.0.1 or ::1, since anyone who reaches the emulator may change it');
  }
  for (const [name, least, greatest] of RANGES) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > greatest) {
      throw wrong(name, `a whole number from ${least} to ${greatest}`);
    }
  }
  for (const [name, least, greatest] of LISTS) {
    const values = [options[name] ?? []].flat();
    if (values.every((value) => Number.isInteger(value) && value >= least && value <= greatest)) continue;
    throw wrong(name, `whole numbers from ${least} to ${greatest}`);
  }
}

function wrong(name: string, expected: string): RunError {
  return new RunError('ERR_EMULATOR_OPTION', `${name}: expected ${expected}`);
}
