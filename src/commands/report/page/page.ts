import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { headline } from '../format.ts';
import type { Report } from '../report-model.ts';
import { type Chart, type ChartFrame, chartsOf, frameOf } from './charts.ts';
import { draw } from './draw.ts';
import { escapeHtml, scriptJson } from './escape.ts';
import { figure } from './figure.ts';
import { causes, distribution, earlier, fields, figures, head, nextOf, origin, stints } from './sections.ts';
import { STYLE } from './style.ts';

/** Fewer rows or slices than this make no picture. */
const FEWEST_ROWS = 2;
const FEWEST_SLICES = 2;

/** A report as one HTML document that needs nothing but itself. */
export function page(report: Report): string {
  const isDrawn = report.rows >= FEWEST_ROWS && report.over_time.at_s.length >= FEWEST_SLICES;
  const charts = isDrawn ? chartsOf(report) : [];
  const frame = frameOf(report);
  const scripts = scriptsOf(charts, frame);
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src ${scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(headline(report))}</title>`,
    `<style>${charts.length > 0 ? plotFile('uPlot.min.css') : ''}${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
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
    '</main>',
    `<footer>livedesk-contact-sync ${escapeHtml(report.run.tool_version)}, run ${escapeHtml(report.run.run_id)}</footer>`,
    ...scripts.map((text) => `<script>${text}</script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

// --- internal ---

/** Why there are no charts. */
function unpainted({ rows, row_time_ms: times }: Report): string {
  if (rows === 0) return '<p class="says">No row has an outcome, so there is nothing to draw.</p>';
  const what = rows === 1 ? 'One row' : 'All rows ended within a second';
  return `<p class="says">${what}${times && rows === 1 ? `, ${times.max} ms` : ''}: too little for charts over time.</p>`;
}

/** What runs in the browser. What comes from the journal is JSON that cannot end its element. */
function scriptsOf(charts: readonly Chart[], frame: ChartFrame): string[] {
  const call = `(${draw.toString()})(typeof uPlot === 'undefined' ? undefined : uPlot, ${scriptJson(charts)}, ${scriptJson(frame)});`;
  return charts.length > 0 ? [plotFile('uPlot.iife.min.js'), call] : [call];
}

function plotFile(name: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8');
}
