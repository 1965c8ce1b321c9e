import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Chart, ChartFrame } from './charts.ts';
import { draw } from './draw.ts';
import { escapeHtml, scriptJson } from './escape.ts';
import { STYLE } from './style.ts';

/** What a page is made of. */
export interface HtmlParts {
  readonly title: string;
  /** HTML. */
  readonly body: readonly string[];
  readonly footer: string;
  /** Charts that stand in the body, with what those of a group share. */
  readonly drawn: readonly { readonly charts: readonly Chart[]; readonly frame: ChartFrame }[];
  /** Other scripts. */
  readonly scripts?: readonly string[];
}

/** One HTML document that needs nothing but itself, and lets nothing else in. */
export function htmlDocument({ title, body, footer, drawn, scripts: own = [] }: HtmlParts): string {
  const hasCharts = drawn.some(({ charts }) => charts.length > 0);
  const scripts = [...scriptsOf(drawn, hasCharts), ...own];
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src ${scripts.map(hashOf).join(' ') || "'none'"}`,
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
    `<title>${escapeHtml(title)}</title>`,
    `<style>${hasCharts ? plotFile('uPlot.min.css') : ''}${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...body,
    '</main>',
    `<footer>${escapeHtml(footer)}</footer>`,
    ...scripts.map((text) => `<script>${text}</script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

// --- internal ---

/** By which a policy knows a script. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What runs in the browser. What comes from journals is JSON that cannot end its element. */
function scriptsOf(drawn: HtmlParts['drawn'], hasCharts: boolean): string[] {
  const calls = drawn.map(
    ({ charts, frame }) =>
      `(${draw.toString()})(typeof uPlot === 'undefined' ? undefined : uPlot, ${scriptJson(charts)}, ${scriptJson(frame)});`,
  );
  return hasCharts ? [plotFile('uPlot.iife.min.js'), ...calls] : calls;
}

function plotFile(name: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8');
}
