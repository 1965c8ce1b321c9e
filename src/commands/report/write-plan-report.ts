import { dirname, join } from 'node:path';
import type { Host } from '../../core/host.ts';
import { planPage } from './page/plan-page.ts';
import { planMarkdown } from './plan-text.ts';
import { readPlan } from './read-plan.ts';
import { writeOutput } from './write-output.ts';

export interface PlanReportOptions {
  /** Path of the plan. */
  readonly plan: string;
  readonly format: 'html' | 'markdown' | 'json';
  /** `-` is stdout. Default: `plan.html` beside the plan; stdout for the other formats. */
  readonly output?: string;
}

/** Reads a plan and writes it as a page, as text or as figures, to be approved. Gives the exit code. */
export async function writePlanReport(
  { plan, format, output }: PlanReportOptions,
  host: Host,
): Promise<number> {
  const report = await readPlan(plan);
  const text =
    format === 'html'
      ? planPage(report)
      : format === 'markdown'
        ? planMarkdown(report)
        : `${JSON.stringify(report.header)}\n`;
  return writeOutput(text, output ?? (format === 'html' ? join(dirname(plan), 'plan.html') : '-'), host);
}
