// @ts-check
import { chance } from '../torture/chance.mjs';

/** Fields of a contact that files set, and agents edit. @type {readonly ['name', 'phone_number', 'plan']} */
const EDITED = ['name', 'phone_number', 'plan'];
/** The same, and the key that some set to what it is. @type {readonly [...typeof EDITED, 'email']} */
export const FIELDS = [...EDITED, 'email'];

/**
 * @typedef {typeof FIELDS[number]} Field
 * @typedef {Record<Field, string>} Values Empty: nothing is said.
 */

/**
 * A row of a night's file. `bad-phone`: invalid until it is corrected, or read by the other mapping; `unknown`: no contact
 * with its id; `unmatched`: none with its keys; `torn`: no record of the file's shape.
 * @typedef {object} DrawnRow
 * @property {string} ref Names the row in the file; no field uses it.
 * @property {'good' | 'bad-phone' | 'unknown' | 'unmatched' | 'torn'} kind
 * @property {number} contact
 * @property {Values} values
 */

/**
 * How a process is ended: at its n-th journal write, request or write of the state.
 * @typedef {object} End
 * @property {'kill' | 'term' | 'full'} kind
 * @property {'journal' | 'request' | 'state'} at
 * @property {number} n
 * @property {'before' | 'torn' | 'after'} how
 */

/** @typedef {{ readonly contact: number, readonly field: Field, readonly value: string }} Edit */

/**
 * A command with what happens to its processes. `ends` has an end for each process but the last.
 * @typedef {object} Step
 * @property {'run' | 'canary' | 'shards' | 'resume' | 'retry' | 'corrected' | 'fed' | 'pull' | 'edit' | 'key' | 'again'} kind
 * @property {number} back Which of the runs that are left it goes back to, counted from the last.
 * @property {number} limit Rows of a canary.
 * @property {number | undefined} widened The limit of the command behind a canary; undefined: all rows.
 * @property {number} shards
 * @property {boolean} continues Whether `--continue` is given from the start.
 * @property {'resume' | 'continue'} goesOn By what option a process that was ended is followed.
 * @property {boolean} isLeft Whether the last end is followed by nothing.
 * @property {boolean} isWithout Whether a run has no state in a plan that has one.
 * @property {readonly End[]} ends
 * @property {(Edit & { readonly n: number }) | undefined} during What an agent edits at the n-th request.
 * @property {Edit} edit For the kind `edit`.
 * @property {number} clockDays How far off the clock of its processes is.
 */

/**
 * A file and what is done with it.
 * @typedef {object} Night
 * @property {'csv' | 'jsonl'} format
 * @property {readonly DrawnRow[]} rows
 * @property {readonly Step[]} steps
 */

/**
 * A sequence: all of it follows from the seed.
 * @typedef {object} Plan
 * @property {number} seed
 * @property {boolean} hasState
 * @property {'id' | 'email' | 'own' | 'keys'} by How rows name their contact; `own`: by the e-mail, which they set, too; `keys`:
 *   by an identifier, and some by an e-mail.
 * @property {import('./model.mjs').Policy} policy
 * @property {number} contacts
 * @property {readonly Night[]} nights
 * @property {number} diskBytes Of a small disk, for real processes; 0: the disk of the machine.
 */

/** @type {readonly Plan['by'][]} */
const WAYS = ['id', 'id', 'email', 'id', 'keys', 'id', 'id', 'own', 'id', 'keys'];

/** What rows name a contact by. @param {number} contact */
export function keysOf(contact) {
  const email = `c${contact}@example.com`;
  return { id: `${contact}`, email, own: email, keys: `K-${contact}` };
}

/**
 * @param {number} seed
 * @returns {Plan}
 */
export function planOf(seed) {
  const { whole, likely, oneOf } = chance(seed);
  const contacts = whole(3, 7);
  // no roll of its own, either
  const by = WAYS[seed % 10] ?? 'id';
  /** What good rows said of a contact, the oldest first. @type {Map<number, Values[]>} */
  const rowsOf = new Map();
  /** All values so far, by contact and field. @type {Map<string, string[]>} */
  const said = new Map();
  let unique = 0;

  /** @param {number} contact @param {Field} field */
  const fresh = (contact, field) => {
    unique += 1;
    const value =
      field === 'phone_number' ? `+4930${1_000_000 + unique * 10 + contact}` : `${field} ${unique}`;
    said.set(`${contact} ${field}`, [...(said.get(`${contact} ${field}`) ?? []), value]);
    return value;
  };
  /** What was said once may be said again. @param {number} contact @param {Field} field */
  const older = (contact, field) => {
    const values = said.get(`${contact} ${field}`) ?? [];
    return values[whole(0, Math.max(0, values.length - 1))] ?? fresh(contact, field);
  };
  /** @param {string} ref @returns {DrawnRow} */
  const row = (ref) => {
    const dice = whole(1, 100);
    const nobody = by === 'id' ? 'unknown' : 'unmatched';
    const kind = dice <= 16 ? 'bad-phone' : dice <= 20 ? nobody : dice <= 24 ? 'torn' : 'good';
    const contact = kind === nobody ? 900 + whole(1, 9) : whole(1, contacts);
    const before = rowsOf.get(contact)?.at(-1);
    /** @param {Field} field */
    const value = (field) => {
      if (likely(0.2)) return '';
      if (before && before[field] !== '' && likely(0.5)) return before[field];
      return likely(0.25) ? older(contact, field) : fresh(contact, field);
    };
    const drawn = {
      name: value('name'),
      phone_number: value('phone_number'),
      plan: value('plan'),
      email: by === 'own' ? keysOf(contact).own : '',
    };
    const rows = rowsOf.get(contact) ?? [];
    // as a file that is sent once more by mistake
    const again = likely(0.2) ? rows[whole(0, rows.length)] : undefined;
    const values = again ? { ...again } : drawn;
    if (kind === 'bad-phone') values.phone_number = fresh(contact, 'phone_number');
    else if (kind === 'good') rowsOf.set(contact, [...rows, values]);
    return { ref, kind, contact, values };
  };
  /** @returns {End} */
  const end = () => ({
    kind: oneOf(['kill', 'kill', 'kill', 'kill', 'term', 'full']),
    at: oneOf(['journal', 'request', 'request', 'state']),
    n: whole(1, 9),
    how: oneOf(['before', 'torn', 'after']),
  });
  /** @returns {Edit} */
  const edit = () => {
    const contact = whole(1, contacts);
    const field = oneOf(EDITED);
    return { contact, field, value: fresh(contact, field) };
  };
  /** @param {Step['kind']} kind @returns {Step} */
  const step = (kind) => {
    const ends = Array.from({ length: likely(0.45) ? whole(1, 3) : 0 }, end);
    return {
      kind,
      back: whole(0, 3),
      limit: whole(1, 4),
      widened: undefined,
      shards: whole(2, 3),
      continues: likely(0.4),
      goesOn: oneOf(['resume', 'continue']),
      isLeft: ends.length > 0 && likely(0.4),
      ends,
      during: likely(0.15) ? { ...edit(), n: whole(1, 8) } : undefined,
      edit: edit(),
      // no roll of its own: seeds keep their nights
      isWithout: ends.length === 0 && kind === 'run' && seed % 3 === 0,
      clockDays: oneOf([0, 0, -3, -1, 2, 40]),
    };
  };
  /** A canary, and most are ended before their limit, so that the next command finds them unfinished. @returns {Step} */
  const canary = () => {
    const drawn = { ...step('canary'), widened: likely(0.4) ? whole(1, 8) : undefined };
    if (likely(0.3)) return drawn;
    const limit = whole(2, 5);
    const ends = [{ ...end(), n: whole(1, limit) }];
    return { ...drawn, limit, ends, isLeft: likely(0.8), continues: likely(0.8) };
  };
  /** A run that is killed with requests on their way, and left. @returns {Step} */
  const left = () => ({
    ...step('run'),
    ends: [{ kind: 'kill', at: 'request', how: 'after', n: whole(1, 3) }],
    isLeft: true,
  });
  /** @param {number} n @returns {Night} */
  const night = (n) => {
    const rows = Array.from({ length: whole(3, 10) }, (_, i) => row(`n${n}r${i + 1}`));
    // a file of which no line can be read is refused whole
    const [first] = rows;
    if (first && rows.every(({ kind }) => kind === 'torn')) first.kind = 'good';
    /** @type {Step['kind']} */
    const drawn = oneOf(['run', 'run', 'run', 'canary', 'shards']);
    // rows of one contact that have different keys could land on two shards, so that is refused
    const kind = drawn === 'shards' && by === 'keys' ? 'run' : drawn;
    const main = kind === 'canary' ? canary() : kind === 'run' && likely(0.2) ? left() : step(kind);
    /** @type {Step['kind'][]} */
    const kinds = [];
    for (const kind of /** @type {const} */ (['edit', 'pull', 'resume', 'retry', 'corrected', 'fed'])) {
      if (likely(0.35)) kinds.splice(whole(0, kinds.length), 0, kind);
    }
    if (likely(0.03)) kinds.push('key');
    // what was left may have been sent: older data comes before anything goes on with it
    const older =
      main.isLeft && likely(0.8)
        ? [{ ...step(oneOf(['corrected', 'fed', 'retry'])), back: whole(0, 1) }]
        : [];
    const before = kinds.filter((kind) => (kind === 'edit' || kind === 'pull') && likely(0.5)).map(step);
    return {
      format: likely(0.7) ? 'csv' : 'jsonl',
      rows,
      steps: [...before, main, ...older, ...(likely(0.6) ? [step('again')] : []), ...kinds.map(step)],
    };
  };
  return {
    seed,
    hasState: likely(0.75),
    by,
    policy: oneOf(['ours', 'theirs', 'theirs', 'enforce']),
    contacts,
    nights: Array.from({ length: whole(3, 6) }, (_, i) => night(i + 1)),
    diskBytes: likely(0.3) ? whole(60, 250) * 4_096 : 0,
  };
}
