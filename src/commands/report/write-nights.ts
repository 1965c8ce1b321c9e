import { join, resolve } from 'node:path';
import { commandText } from '../../core/command-text.ts';
import { RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shownPath } from '../../core/shell-text.ts';
import { RUNS_ROOT } from '../../journal/run-directory.ts';
import { nightsMarkdown } from './nights-text.ts';
import { nightsPage } from './page/nights-page.ts';
import { readNights } from './read-nights.ts';
import { writeOutput } from './write-output.ts';

export interface NightsOptions {
  /** Folder of run directories. Default: `runs`. */
  readonly dir?: string;
  /** The only job wanted. */
  readonly job?: string;
  readonly format: 'html' | 'markdown' | 'json';
  /** `-` is stdout. Default: `nights.html` in the folder; stdout for the other formats. */
  readonly output?: string;
}

/** Reads the runs in a folder and writes how the nights of each job went. Gives the exit code. */
export async function writeNights({ dir, job, format, output }: NightsOptions, host: Host): Promise<number> {
  const root = resolve(dir ?? RUNS_ROOT);
  const found = await readNights(root, job);
  if (found.jobs.length === 0) {
    const whose = job === undefined ? '' : ` of job ${JSON.stringify(job)}`;
    throw new RunError(
      'ERR_NO_RUN',
      `no run${whose} that did all its rows lies in ${shownPath(root)}: dry runs, retries and single shards are not drawn. ${commandText('runs')} lists what there is.`,
    );
  }
  const text =
    format === 'html'
      ? nightsPage(found)
      : format === 'markdown'
        ? nightsMarkdown(found)
        : `${JSON.stringify(found)}\n`;
  return writeOutput(text, output ?? (format === 'html' ? join(root, 'nights.html') : '-'), host);
}
