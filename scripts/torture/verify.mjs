// @ts-check

/**
 * A write as the emulator keeps it.
 * @typedef {{ readonly contactId: number, readonly body: any }} Write
 */

/** Statuses a row of the input may end with. */
const MAY_END = {
  good: new Set(['updated', 'failed']),
  // its write may be known to the state and not to the journal of a run that was killed
  goodWithState: new Set(['updated', 'unchanged', 'failed']),
  invalid: new Set(['invalid']),
  // its faults may use up the attempts before the API says that there is no such contact
  unknown: new Set(['rejected', 'failed']),
};
const BAD = new Set(['invalid', 'rejected', 'failed']);

/**
 * Rows whose write is at the server but which have no line in the journal.
 * @param {readonly Write[]} journal
 * @param {readonly import('./read-run.mjs').RowLine[]} rows
 */
export function unloggedRows(journal, rows) {
  const logged = new Set(rows.map(({ row }) => row));
  return new Set(journal.map(rowOf).filter((row) => !logged.has(row)));
}

/**
 * What is not as it must be at the end of a trial.
 * @param {object} all
 * @param {readonly import('./input.mjs').Asked[]} all.asked
 * @param {ReturnType<typeof import('./read-run.mjs').readRun>} all.run
 * @param {readonly Write[]} all.journal
 * @param {(id: number) => any} all.stored
 * @param {boolean} all.hasState
 * @returns {string[]}
 */
export function verify({ asked, run, journal, stored, hasState }) {
  const outcomes = new Map(run.rows.map((line) => [line.row, line]));
  const applied = new Map(journal.map((write) => [rowOf(write), write.contactId]));
  const complaints = [
    ...count('rows without an outcome', asked.filter((_, i) => !outcomes.has(i + 1)).length),
    ...count('rows with two outcomes', run.rows.length - outcomes.size),
    ...count('outcomes of rows that do not exist', run.rows.filter(({ row }) => !asked[row - 1]).length),
    ...count(
      'rows with a wrong status',
      asked.filter((one, i) => !isRight(one, outcomes.get(i + 1), hasState)).length,
    ),
    ...count('rows delivered that the server never saw', run.rows.filter(isPhantom(applied)).length),
    ...count('contacts written out of order', wentBack(journal)),
    ...count('contacts in a wrong state', wrongStates(asked, outcomes, stored)),
    ...rejectsAndBad(run),
  ];
  if (!run.hasEnd) complaints.push('the journal does not end with a summary');
  const counted = Object.values(run.summary?.statuses ?? {}).reduce((sum, n) => sum + n, 0);
  if (run.summary?.rows_read !== asked.length || counted !== asked.length || run.summary.pending !== 0) {
    complaints.push(
      `the summary counts ${counted} outcomes and ${run.summary?.pending} pending of ${asked.length}`,
    );
  }
  return complaints;
}

/** @param {Write} write @returns {number} */
function rowOf(write) {
  return write.body.custom_attributes.row;
}

/** @param {string} what @param {number} n */
function count(what, n) {
  return n === 0 ? [] : [`${n} ${what}`];
}

/**
 * @param {import('./input.mjs').Asked} asked
 * @param {{ status: string } | undefined} outcome
 * @param {boolean} hasState
 */
function isRight({ kind }, outcome, hasState) {
  const mayEnd = MAY_END[kind === 'good' && hasState ? 'goodWithState' : kind];
  return outcome !== undefined && mayEnd.has(outcome.status);
}

/** Whether the contact holds what the row asked for. @param {{ status: string } | undefined} outcome */
function isDelivered(outcome) {
  return outcome?.status === 'updated' || outcome?.status === 'unchanged';
}

/** @param {Map<number, number>} applied */
function isPhantom(applied) {
  return (/** @type {import('./read-run.mjs').RowLine} */ line) =>
    isDelivered(line) && applied.get(line.row) !== line.contact_id;
}

/** Contacts to which an earlier row was written after a later one. @param {readonly Write[]} journal */
function wentBack(journal) {
  const last = new Map();
  const wrong = new Set();
  for (const write of journal) {
    if (rowOf(write) < (last.get(write.contactId) ?? 0)) wrong.add(write.contactId);
    last.set(write.contactId, rowOf(write));
  }
  return wrong.size;
}

/**
 * Contacts that do not hold what the last of their rows asked for; a later row that `failed` may be there, too.
 * @param {readonly import('./input.mjs').Asked[]} asked
 * @param {Map<number, { status: string }>} outcomes
 * @param {(id: number) => any} stored
 */
function wrongStates(asked, outcomes, stored) {
  /** @type {Map<number, number>} */
  const lastDelivered = new Map();
  for (const [i, { contactId }] of asked.entries()) {
    if (isDelivered(outcomes.get(i + 1))) lastDelivered.set(contactId, i + 1);
  }
  let wrong = 0;
  for (const [contactId, row] of lastDelivered) {
    const { name, custom_attributes: attributes } = stored(contactId);
    const isWhole = name === `Contact ${contactId}, row ${attributes.row}`;
    const isLater = attributes.row > row && outcomes.get(attributes.row)?.status === 'failed';
    if (!isWhole || (attributes.row !== row && !isLater)) wrong += 1;
  }
  return wrong;
}

/** The rejects files hold each bad row once, and nothing else. @param {ReturnType<typeof import('./read-run.mjs').readRun>} run */
function rejectsAndBad({ rows, rejects }) {
  const bad = rows.filter(({ status }) => BAD.has(status)).map(({ row }) => row);
  const missing = bad.filter((row) => !rejects.includes(row)).length;
  const doubled = rejects.length - new Set(rejects).size;
  const others = rejects.filter((row) => !bad.includes(row)).length;
  return [
    ...count('bad rows that are not in the rejects file', missing),
    ...count('rows twice in the rejects file', doubled),
    ...count('rows in the rejects file that are not bad', others),
  ];
}
