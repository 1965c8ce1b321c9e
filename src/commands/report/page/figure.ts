import { durationText } from '../../../core/duration-text.ts';
import { count } from '../format.ts';
import type { Chart, ChartFrame } from './charts.ts';
import { escapeHtml } from './escape.ts';

/** A chart with its title, its legend, which shows the values under the cursor, and its table. */
export function figure(chart: Chart, frame: ChartFrame): string {
  const { id, title, says, series, unit, isLog } = chart;
  const legend = series.map(
    ({ label, colour }) =>
      `<li><span class="swatch" style="background:var(--${colour})"></span>${escapeHtml(label)}<output></output></li>`,
  );
  const label = `${title}, chart. ${says} Arrow keys move along it; the table below has the same figures.`;
  return [
    '<figure>',
    `<h2>${escapeHtml(title)}</h2>`,
    `<p class="says">${escapeHtml(says)}</p>`,
    `<p class="unit">${isLog ? 'time' : escapeHtml(unit)}${frame.labels ? '' : ', over time of work'}</p>`,
    `<div class="chart" id="chart-${id}" role="img" tabindex="0" aria-label="${escapeHtml(label)}"></div>`,
    `<ul class="legend"><li class="muted time"><output></output></li>${legend.join('')}</ul>`,
    table(chart, frame),
    '</figure>',
  ].join('\n');
}

// --- internal ---

function table(
  { title, unit, series, aside = [], kind }: Chart,
  { atS, sliceS, labels }: ChartFrame,
): string {
  const columns = [...(kind === 'stack' ? series : series.filter(({ dashed }) => !dashed)), ...aside];
  const rows = atS
    .map((at, i) => ({ at, cells: columns.map(({ values }) => values[i] ?? null) }))
    .filter(({ cells }) => cells.some((value) => value !== null && value !== 0))
    .map(({ at, cells }) => {
      const tds = cells.map((value) => `<td class="n">${value === null ? '' : count(value)}</td>`);
      return `<tr><th scope="row">${labels ? escapeHtml(labels[at] ?? '') : durationText(at)}</th>${tds.join('')}</tr>`;
    });
  const caption = `${escapeHtml(unit)}${labels ? '' : `, in slices of ${durationText(sliceS)}; slices without any are left out`}`;
  return [
    '<details>',
    `<summary>${escapeHtml(title)} as a table</summary>`,
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}, table">`,
    `<table><caption class="muted">${caption}</caption>`,
    `<thead><tr><th scope="col">${labels ? 'began' : 'from'}</th>${columns.map(({ label }) => `<th scope="col" class="n">${escapeHtml(label)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table></div>`,
    '</details>',
  ].join('\n');
}
