import { accountOf } from '../../src/core/credentials.ts';
import { writeChangeFile } from '../../src/journal/change-file.ts';
import {
  CHANGES_VERSION,
  type ChangeKind,
  type ChangeLine,
  type ChangesHeader,
  type FieldChange,
  type PlanHeader,
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

/** Writes a plan as `plan` does; gives its path. */
export function writePlan(
  path: string,
  lines: readonly ChangeLine[],
  more: Partial<PlanHeader> = {},
): string {
  const fields: Record<string, number> = {};
  for (const line of lines)
    for (const field of Object.keys(line.fields)) fields[field] = (fields[field] ?? 0) + 1;
  const header: PlanHeader = {
    ...changesHeader('https://livedesk.example.com', { contacts: lines.length }),
    changes: 'apply',
    inputs: [{ name: 'crm.csv' }],
    compared_with: 'state',
    rows: { planned: lines.length },
    fields,
    requests: {
      rate: 10,
      plan: { requests: lines.length, minutes: 0.1 },
      apply: { requests: 2 * lines.length, minutes: 0.2 },
    },
    ...more,
  };
  writeChangeFile(path, header, lines);
  return path;
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
