import { headline } from '../format.ts';
import type { Report } from '../report-model.ts';
import { chartsOf, frameOf } from './charts.ts';
import { figure } from './figure.ts';
import { htmlDocument } from './html-document.ts';
import { causes, distribution, earlier, fields, figures, head, nextOf, origin, stints } from './sections.ts';

/** Fewer rows or slices than this make no picture. */
const FEWEST_ROWS = 2;
const FEWEST_SLICES = 2;

/** A report as one HTML document that needs nothing but itself. */
export function page(report: Report): string {
  const isDrawn = report.rows >= FEWEST_ROWS && report.over_time.at_s.length >= FEWEST_SLICES;
  const charts = isDrawn ? chartsOf(report) : [];
  const frame = frameOf(report);
  return htmlDocument({
    title: headline(report),
    body: [
      head(report),
      causes(report),
      nextOf(report),
      '<details class="technical"><summary>Technical details</summary>',
      origin(report),
      figures(report),
      ...charts.map((chart) => figure(chart, frame)),
      charts.length === 0 ? unpainted(report) : '',
      distribution(report),
      fields(report),
      stints(report),
      earlier(report),
      '</details>',
    ],
    footer: `livedesk-contact-sync ${report.run.tool_version}, run ${report.run.run_id}`,
    drawn: [{ charts, frame }],
  });
}

// --- internal ---

/** Why there are no charts. */
function unpainted({ rows, row_time_ms: times }: Report): string {
  if (rows === 0) return '<p class="says">No row has an outcome, so there is nothing to draw.</p>';
  const what = rows === 1 ? 'One row' : 'All rows ended within a second';
  return `<p class="says">${what}${times && rows === 1 ? `, ${times.max} ms` : ''}: too little for charts over time.</p>`;
}
