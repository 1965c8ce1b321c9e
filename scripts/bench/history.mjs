// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * What was measured at a commit.
 * @typedef {object} Measured
 * @property {string} commit
 * @property {string} began ISO 8601.
 * @property {string} machine
 * @property {Readonly<Record<string, number>>} medians By what was measured.
 */

/**
 * Adds the figures of a commit to the history in `file`; those that it has of the same commit and figure are replaced.
 * @param {string} file
 * @param {Omit<Measured, 'medians'> & { readonly findings: readonly import('./table.mjs').Finding[] }} measured
 */
export function keep(file, { findings, ...about }) {
  /** @type {Measured[]} */
  const history = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const same = history.find(({ commit }) => commit === about.commit);
  const medians = Object.fromEntries(
    findings.flatMap(({ what, value }) =>
      value === undefined ? [] : [[what.trim(), Math.round(value * 1_000) / 1_000]],
    ),
  );
  const others = history.filter((one) => one !== same);
  const added = { ...about, medians: { ...same?.medians, ...medians } };
  writeFileSync(file, `${JSON.stringify([...others, added], undefined, 2)}\n`);
}
