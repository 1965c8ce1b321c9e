import { dirname, join } from 'node:path';
import type { Host } from '../../core/host.ts';
import { planPage } from './page/plan-page.ts';
import { planMarkdown } from './plan-text.ts';
import { readPlan, readPlannedContacts } from './read-plan.ts';
import { writeOutput, writePieces } from './write-output.ts';

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
  // to its end, so that there is no page of a plan that was edited or cut
  const report = await readPlan(plan);
  if (format === 'html') {
    const page = planPage(report, readPlannedContacts(plan));
    return writePieces(page, output ?? join(dirname(plan), 'plan.html'), host);
  }
  const text = format === 'markdown' ? planMarkdown(report) : `${JSON.stringify(report.header)}\n`;
  return writeOutput(text, output ?? '-', host);
}
