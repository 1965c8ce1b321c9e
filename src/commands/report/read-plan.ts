import { dirname } from 'node:path';
import { RunError } from '../../core/errors.ts';
import { foreignText } from '../../core/foreign-text.ts';
import { shownPath } from '../../core/shell-text.ts';
import { readChangeFile, readChangesHeader } from '../../journal/change-file.ts';
import type { ChangeLine, PlanHeader } from '../../journal/change-line.ts';
import type { RunLine } from '../../journal/journal-lines.ts';
import { readRunLine } from '../../journal/read-journal.ts';
import { applyCommand, checkCommand } from '../../journal/run-commands.ts';
import { FIRST_CONTACTS, type PlannedContact, type PlanReport, valueText } from './plan-model.ts';

/** Contacts of a canary. */
const CANARY = 10;

/** Reads a plan to its end. Throws `ERR_PLAN` (exit 2), with the line, for one that was edited or cut. */
export async function readPlan(path: string): Promise<PlanReport> {
  const header = await readChangesHeader(path);
  if (header.changes !== 'apply' || !('rows' in header)) {
    throw new RunError(
      'ERR_PLAN',
      `${shownPath(path)}, line 1: it is not the header of a plan that \`plan\` wrote.`,
    );
  }
  const contacts: PlannedContact[] = [];
  for await (const { change } of readChangeFile(path)) {
    if (contacts.length < FIRST_CONTACTS) contacts.push(contactOf(change));
  }
  const file = shownPath(path);
  const run = await runBeside(path);
  return {
    file,
    header: header as PlanHeader,
    contacts,
    next:
      contacts.length === 0
        ? []
        : [
            {
              words: `Try ${CANARY} contacts; the summary names the command for the rest`,
              command: applyCommand(path, run, { limit: CANARY }),
            },
            { words: 'Or send all of it', command: applyCommand(path, run) },
            { words: 'Then prove that it is done', command: checkCommand(path, run) },
          ],
  };
}

/** All contacts of a plan, one after the other. */
export async function* readPlannedContacts(path: string): AsyncGenerator<PlannedContact> {
  for await (const { change } of readChangeFile(path)) yield contactOf(change);
}

// --- internal ---

/** The run that made the plan, whose state and pace its commands take over; undefined where the plan was moved elsewhere. */
async function runBeside(path: string): Promise<RunLine | undefined> {
  try {
    return await readRunLine(dirname(path));
  } catch {
    return undefined;
  }
}

function contactOf({ contact, fields, rows, more_rows: more = 0 }: ChangeLine): PlannedContact {
  const shown = (value: string | null): string | null => (value === null ? null : foreignText(value));
  const named = rows.map(({ input, row }) =>
    input === undefined ? `row ${row}` : `input ${input + 1}, row ${row}`,
  );
  return {
    contact,
    rows: [...named, ...(more > 0 ? [`${more} more`] : [])].join('; '),
    fields: Object.entries(fields).map(([path, { from, to }]) => ({
      path: foreignText(path),
      from: shown(valueText(from)),
      to: shown(valueText(to)),
    })),
  };
}
