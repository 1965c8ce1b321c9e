// @ts-check
import { readRun } from './files.mjs';
import { Finding } from './finding.mjs';
import { keyOf } from './verify.mjs';

/** @typedef {import('./runs.mjs').Run} Run */
/** @typedef {import('./files.mjs').RunRow} RunRow */
/** @typedef {import('./account.mjs').Account} Account */
/** @typedef {import('./model.mjs').Model} Model */
/** @typedef {import('./plan.mjs').Step['during']} During */

/**
 * Tells the model what a process settled, and compares every contact with it. Gives how many rows got an outcome.
 * @param {{ run: Run, isCut: boolean, during: During }} ended @param {Model} model @param {Account} account
 */
export function compareWithModel({ run, isCut, during }, model, account) {
  const { said, settled } = whatWasSaid(run);
  for (const id of account.ids) {
    const edit = during?.contact === id && account.hasEdited ? during : undefined;
    const rows = said.get(id) ?? [];
    if (rows.length > 0 || edit) model.process(id, rows, { isCut, edit });
  }
  model.mayHaveSeen();
  compareContacts(new Set([...said.keys(), ...(during ? [during.contact] : [])]), model, account);
  return settled;
}

// --- internal ---

/** What a process said of each contact, the settled rows first; marks these as settled. @param {Run} run */
function whatWasSaid(run) {
  /** @type {Map<number, import('./model.mjs').Said[]>} */
  const said = new Map();
  /** @type {Map<number, RunRow[]>} */
  const pending = new Map();
  const isAgain = run.only !== undefined;
  let settled = 0;
  const lines = new Map(readRun(run.dir).rows.map((line) => [keyOf(line), line]));
  for (const { key, row } of rowsOf(run)) {
    if (run.settled.has(key)) continue;
    const line = lines.get(key);
    if (run.siblings.has(key) && line) throw new Finding(`${row.ref} has an outcome in two shards`);
    if (run.siblings.has(key)) continue;
    if (run.only && !run.only.has(key)) continue;
    if (line) {
      run.settled.add(key);
      run.siblings.add(key);
      settled += 1;
    }
    if (row.kind !== 'good') continue;
    const waiting = pending.get(row.contact);
    if (!line) pending.set(row.contact, [...(waiting ?? []), row]);
    else if (waiting && Object.values(row.values).some((value) => value !== ''))
      throw new Finding(`${row.ref} is settled before ${waiting[0]?.ref}`);
    else append(said, row.contact, [{ ...row, status: line.status, isAgain }]);
  }
  for (const [contact, rows] of pending) {
    append(
      said,
      contact,
      rows.map((row, i) => ({ ...row, status: undefined, isAgain, isNext: i > 0 })),
    );
  }
  return { said, settled };
}

/** @param {Run} run */
function rowsOf({ inputs }) {
  return inputs.flatMap((rows, input) => rows.map((row, i) => ({ key: keyOf({ input, row: i + 1 }), row })));
}

/** @template T @param {Map<number, T[]>} map @param {number} key @param {readonly T[]} more */
function append(map, key, more) {
  map.set(key, [...(map.get(key) ?? []), ...more]);
}

/** @param {ReadonlySet<number>} named Contacts that rows of the process name. @param {Model} model @param {Account} account */
function compareContacts(named, model, account) {
  for (const { contactId } of account.writes) {
    if (!named.has(contactId))
      throw new Finding(`contact ${contactId} was written, and no row of the process names it`);
  }
  for (const id of account.ids) {
    const actual = account.held(id);
    const wanted = model.observe(id, actual);
    const wants = wanted?.map((values) => JSON.stringify(values)).join(' or ');
    if (wanted)
      throw new Finding(
        `contact ${id} is ${JSON.stringify(actual)}, and should be ${wants || 'none that fits the outcomes of its rows'}`,
      );
    if (!account.isKept(id)) throw new Finding(`contact ${id} was changed beyond the fields of the mapping`);
  }
}
