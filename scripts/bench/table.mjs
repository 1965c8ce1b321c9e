// @ts-check

/**
 * One line of the table.
 * @typedef {object} Finding
 * @property {string} what
 * @property {string} must What it must reach; empty where it is there for comparison only.
 * @property {string} measured
 * @property {number} [value] What was measured, as a number.
 * @property {boolean | undefined} isReached Undefined where nothing must be reached, or nothing could be measured.
 * @property {number} [factor] What was measured, of what it must reach; where it may reach so much at most, of that.
 * @property {unknown} [samples] Everything measured, for the JSON.
 */

/**
 * @param {string} what
 * @param {{ readonly value: number, readonly atLeast?: number, readonly atMost?: number, readonly unit?: string,
 *   readonly digits?: number, readonly more?: string }} figure
 * @param {unknown} [samples]
 * @returns {Finding}
 */
export function finding(what, { value, atLeast, atMost, unit = '', digits = 2, more }, samples) {
  const must =
    atLeast !== undefined ? `>= ${atLeast}${unit}` : atMost !== undefined ? `<= ${atMost}${unit}` : '';
  const isReached =
    must === '' ? undefined : value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Infinity);
  const measured = `${value.toFixed(digits)}${unit}${more ? ` (${more})` : ''}`;
  const bound = atLeast ?? atMost;
  return { what, must, measured, value, isReached, samples, ...(bound ? { factor: value / bound } : {}) };
}

/**
 * A line for what could not be measured here.
 * @param {string} what
 * @param {string} why
 * @returns {Finding}
 */
export function unmeasured(what, why) {
  return { what, must: '', measured: why, isReached: undefined };
}

/** @param {readonly Finding[]} findings */
export function renderTable(findings) {
  const rows = findings.map(({ what, must, measured, factor, isReached }) => [
    what,
    must,
    measured,
    factor === undefined ? '' : factor.toFixed(2),
    isReached === undefined ? '' : isReached ? 'ok' : 'MISSED',
  ]);
  const all = [['what', 'must reach', 'measured', 'of it', 'verdict'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const lines = all.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(Math.max(...lines.map(({ length }) => length)));
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}
