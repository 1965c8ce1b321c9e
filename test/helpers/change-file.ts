import { accountOf } from '../../src/core/credentials.ts';
import { writeChangeFile } from '../../src/journal/change-file.ts';
import {
  CHANGES_VERSION,
  type ChangeKind,
  type ChangeLine,
  type ChangesHeader,
  type FieldChange,
} from '../../src/journal/change-line.ts';

/** Fields of a contact, each with what it holds and what it is to hold. */
export type Changed = Readonly<Record<string, readonly [from: FieldChange['from'], to: FieldChange['to']]>>;

/** A change line that comes from row `contact` of one input. */
export function changeLine(contact: number, fields: Changed): ChangeLine {
  const entries = Object.entries(fields).map(([path, [from, to]]) => [path, { from, to }] as const);
  return { contact, fields: Object.fromEntries(entries), rows: [{ row: contact, line: contact + 1 }] };
}

/** The header of a file of change lines for the account of the emulator at `url`. */
export function changesHeader(url: string, more: Partial<ChangesHeader> = {}): ChangesHeader {
  return {
    changes: 'apply',
    version: CHANGES_VERSION,
    tool_version: '0.0.0',
    created_at: '2026-11-28T00:00:00.000Z',
    account: accountOf(url, 'demo-key'),
    base_url: url,
    mapping_hash: '0123456789abcdef',
    contacts: 0,
    ...more,
  };
}

/** Writes a file of change lines. */
export function writeChanges(
  path: string,
  url: string,
  lines: readonly ChangeLine[],
  kind: ChangeKind = 'apply',
): void {
  writeChangeFile(path, changesHeader(url, { changes: kind, contacts: lines.length }), lines);
}
