// @ts-check
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from './plan.mjs';

/**
 * A row as a run has it.
 * @typedef {object} RunRow
 * @property {string} ref
 * @property {import('./plan.mjs').DrawnRow['kind']} kind
 * @property {number} contact
 * @property {import('./plan.mjs').Values} values
 * @property {import('./model.mjs').Position} at
 */

const FIELDS_YAML = (/** @type {string} */ country) =>
  `fields:\n  name: name\n  phone_number: { column: phone, type: phone${country} }\n  custom_attributes.plan: plan\n`;

const NAMED_BY = {
  id: 'contact_id: id',
  email: 'match: { email: key }',
  own: 'match: { email: key }',
  keys: 'match: { identifier: key, email: mail }',
};

/**
 * The mapping of all runs, and one that reads the bad phones, too.
 * @param {Pick<import('./plan.mjs').Plan, 'policy' | 'by'>} plan
 */
export function mappings({ policy, by }) {
  const head = `version: 1\n${NAMED_BY[by]}\ndefaults: { on_conflict: ${policy} }\n`;
  const own = by === 'own' ? '  email: key\n' : '';
  return { usual: head + FIELDS_YAML('') + own, german: head + FIELDS_YAML(', country: DE') + own };
}

/** @param {Pick<import('./plan.mjs').Night, 'format' | 'rows'>} night @param {import('./plan.mjs').Plan['by']} by */
export function inputText({ format, rows }, by) {
  const column = by === 'id' ? 'id' : 'key';
  const head = format === 'csv' ? `ref,${column},name,phone,plan,mail\n` : '';
  const lines = rows.map(({ ref, kind, contact, values }) => {
    const { name, plan } = values;
    const keys = keysOf(contact);
    const key = keys[by];
    const mail = by === 'keys' && /[13579]$/.test(ref) ? keys.email : '';
    // a number without its country is bad, and the German mapping makes of it what was meant
    const phone = kind === 'bad-phone' ? values.phone_number.replace('+49', '0') : values.phone_number;
    if (format === 'csv')
      return `${[ref, key, name, phone, plan, mail, ...(kind === 'torn' ? ['more'] : [])].join()}\n`;
    const text = JSON.stringify({ ref, [column]: by === 'id' ? contact : key, name, phone, plan, mail });
    return `${kind === 'torn' ? text.slice(0, -1) : text}\n`;
  });
  return head + lines.join('');
}

/** The rejects files of a run with rows that can be corrected. @param {string} dir */
export function rejectFiles(dir) {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  return names
    .filter((name) => /^rejects.*\.(csv|jsonl)$/.test(name) && statSync(join(dir, name)).size > 0)
    .sort((a, b) => inputOf(a) - inputOf(b))
    .map((name) => join(dir, name));
}

/** `rejects.csv` is of the first input, `rejects-2.csv` of the second. @param {string} name */
function inputOf(name) {
  return Number(/-(\d+)\./.exec(name)?.[1] ?? 1);
}

/** The rows in a rejects file. @param {string} file @returns {{ ref: string, phone: string, set: (phone: string) => string }[]} */
function readRejects(file) {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter(Boolean);
  if (file.endsWith('.jsonl')) {
    return lines.map((line) => {
      const row = JSON.parse(line);
      return { ref: row.ref, phone: row.phone, set: (phone) => JSON.stringify({ ...row, phone }) };
    });
  }
  return lines.slice(1).map((line) => {
    const cells = line.split(',');
    const [ref = '', , , phone = ''] = cells;
    return { ref, phone, set: (/** @type {string} */ phone) => cells.with(3, phone).join() };
  });
}

/** Names of the rows in the rejects files. @param {string} dir */
export function rejectedRefs(dir) {
  return rejectFiles(dir).flatMap((file) => readRejects(file).map(({ ref }) => ref));
}

/**
 * Corrects the phones in a rejects file of a run, in place or in a copy. Gives its rows as they are now, in order.
 * @param {string} file @param {string} to @param {readonly RunRow[]} rows Of the run.
 * @param {(row: RunRow) => RunRow} correct
 */
export function correctRejects(file, to, rows, correct) {
  const text = readFileSync(file, 'utf8');
  const head = file.endsWith('.csv') ? [text.slice(0, text.indexOf('\n'))] : [];
  /** @type {RunRow[]} */
  const now = [];
  const lines = readRejects(file).map(({ ref, phone, set }) => {
    const row = rows.find((one) => one.ref === ref);
    if (!row) throw new Error(`${file} has a row ${ref}, which is none of the run`);
    const corrected = row.kind === 'bad-phone' ? correct(row) : row;
    now.push(corrected);
    return set(corrected.kind === 'good' ? corrected.values.phone_number : phone);
  });
  writeFileSync(to, `${[...head, ...lines].join('\n')}\n`);
  return now;
}

/**
 * What the journal says, read without the program's code. A torn last line does not count.
 * @param {string} dir
 */
export function readRun(dir) {
  const path = join(dir, 'results.jsonl');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return []; // what a full disk or a kill left of it
      }
    });
  const summary = join(dir, 'summary.json');
  return {
    header: lines.find(({ type }) => type === 'run'),
    /** Whether it was done when it ended. */
    hasEnd:
      lines.at(-1)?.type === 'end' && !lines.at(-1).summary.stopped && lines.at(-1).summary.pending === 0,
    /** @type {{ input?: number, row: number, status: string, contact_id?: number }[]} */
    rows: lines.filter(({ type }) => type === 'row'),
    summary: existsSync(summary) ? JSON.parse(readFileSync(summary, 'utf8') || '{}') : undefined,
  };
}
