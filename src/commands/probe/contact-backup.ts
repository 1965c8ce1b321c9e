import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandText } from '../../core/command-text.ts';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';
import { writeAtomic } from '../../core/write-atomic.ts';
import { READ_BY, type ReadBy } from './read-contact.ts';

/** A contact as it was before the probe, and what the probe may do to it. Personal data: mode 0600. */
export interface SavedContact {
  readonly version: 1;
  readonly account: string;
  readonly base_url: string;
  readonly saved_at: string;
  readonly contact_id: number;
  readonly contact: JsonObject;
  /** How it was read, and is to be read again. */
  readonly read_by: ReadBy;
  /** The key of `additional_attributes` that is left out of a write, if any. */
  readonly left_out: string | null;
  /** The custom attribute that is tried, if any. */
  readonly test_key: string | null;
}

/** Written to a test key that has no value. */
export const TEST_VALUE = 'livedesk-sync probe';

/** Writes the file so that it survives a power cut. Throws `RunError` (2): nothing has been sent that changes anything. */
export function saveContact(file: string, saved: SavedContact): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeAtomic(file, `${JSON.stringify(saved)}\n`, { durable: true });
  } catch (cause) {
    throw new RunError(
      'ERR_PROBE_FILE',
      `cannot save the contact to ${file} (${codeOf(cause)}), so nothing is written to it. Give a directory that can be written with --state`,
      { cause },
    );
  }
}

/** Reads what {@link saveContact} wrote. Throws `RunError` (2) where it cannot, or where it is of another account. */
export function loadContact(file: string, account: string): SavedContact {
  let saved: unknown;
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'it is not whole JSON' : codeOf(cause);
    // without the cause: the error of the parser quotes the text
    throw new RunError('ERR_PROBE_FILE', `cannot read the saved contact in ${file}: ${why}`);
  }
  if (!isSavedContact(saved)) {
    throw new RunError('ERR_PROBE_FILE', `${file} is no contact that a probe saved`);
  }
  if (saved.account !== account) {
    throw new RunError(
      'ERR_ACCOUNT',
      `the contact in ${file} is of account ${saved.account} (${saved.base_url}), the credentials are of account ${account}: set the key and --base-url of the first`,
    );
  }
  return saved;
}

/** Deletes the file once its contact is put back; false where it cannot be. */
export function deleteContact(file: string): boolean {
  try {
    rmSync(file, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** An object of attributes of a contact; empty where the contact does not show it. */
export function attributesOf(
  contact: JsonObject,
  field: 'additional_attributes' | 'custom_attributes',
): JsonObject {
  const value: JsonValue | undefined = contact[field];
  return isObject(value) ? value : {};
}

/** The error where a contact could not be put back; the file stays. */
export function notRestored(file: string, why: string): RunError {
  return new RunError(
    'ERR_NOT_RESTORED',
    `the contact could not be put back (${why}). It is saved; put it back with: ${restoreCommand(file)}`,
    { exitCode: EXIT.stopped },
  );
}

export function restoreCommand(file: string): string {
  return commandText('probe', [], { restore: file });
}

// --- internal ---

function isSavedContact(value: unknown): value is SavedContact {
  if (typeof value !== 'object' || value === null) return false;
  const saved = value as { readonly [key: string]: unknown };
  return (
    saved['version'] === 1 &&
    typeof saved['account'] === 'string' &&
    typeof saved['base_url'] === 'string' &&
    Number.isSafeInteger(saved['contact_id']) &&
    isObject(saved['contact']) &&
    READ_BY.some((how) => how === saved['read_by']) &&
    (saved['left_out'] === null || typeof saved['left_out'] === 'string') &&
    (saved['test_key'] === null || typeof saved['test_key'] === 'string')
  );
}
