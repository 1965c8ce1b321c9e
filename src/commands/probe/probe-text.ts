import type { DatedFinding } from '../../account/finding.ts';

/** What a probe did; `--json` prints it as it is. Free of personal data. */
export interface ProbeSummary {
  readonly account: string;
  readonly base_url: string;
  readonly read_only: boolean;
  readonly duration_s: number;
  readonly requests: number;
  /** Requests that were to change something, those that put the contact back included. */
  readonly writes: number;
  /** Everything known by now; `at` tells what is of an earlier probe. */
  readonly findings: readonly DatedFinding[];
  readonly findings_file: string;
  readonly contact: ProbedContact;
  readonly stopped: { readonly code: string; readonly message: string } | null;
  readonly exit_code: number;
}

/** What became of the contact. */
export interface ProbedContact {
  /** `untouched`: nothing was written to it; `equal` as JSON to what it was; else what differs, or `unknown`. */
  readonly state: 'untouched' | 'equal' | 'differs' | 'unknown';
  /** Paths that the probe could not take back: a test key that the contact did not have. */
  readonly stays: readonly string[];
  /** Paths that somebody else changed meanwhile; they were left alone. */
  readonly others: readonly string[];
  /** Where it is saved, if it is still to be put back. */
  readonly saved: string | null;
}

const LEAST_WIDTH = 60;
const MOST_WIDTH = 110;
const GAP = '  ';

/** The summary as a person reads it, for a terminal `columns` wide. `startedAt` is ISO 8601: older findings say so. */
export function probeText(summary: ProbeSummary, startedAt: string, columns: number): string {
  const { findings, stopped, contact } = summary;
  const learnt = findings.filter(({ value }) => value !== null).length;
  const head = stopped ? 'Probe stopped early' : 'Probe complete';
  const cells = findings.map((finding) => [
    `${finding.question}: ${finding.found}`,
    finding.how +
      (finding.value !== null && finding.at < startedAt ? ` (on ${finding.at.slice(0, 10)})` : ''),
    finding.means,
  ]);
  const lines = [
    `${head}, in ${summary.duration_s.toFixed(1)} s: ${learnt} of ${findings.length} questions answered, ${summary.requests} requests, ${summary.writes} of them writes`,
    '',
    ...table([['finding', 'how it was learnt', 'what it means for a run'], ...cells], columns),
    `Contact:  ${contactText(contact)}`,
    ...(findings.length > 0 ? [`Findings: ${summary.findings_file}`] : []),
    ...(stopped ? ['', `Stopped early: ${stopped.message} (${stopped.code})`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** What became of the contact, in words. */
export function contactText({ state, stays, others }: ProbedContact): string {
  const left = stays.length > 0 ? `; ${stays.join(', ')} stays, emptied: nothing documented deletes it` : '';
  const foreign =
    others.length > 0 ? `; somebody else changed ${others.join(', ')} meanwhile, which was left alone` : '';
  switch (state) {
    case 'untouched':
      return 'nothing was written to it';
    case 'equal':
      return `put back, and read again: equal to what it was${foreign}`;
    case 'differs':
      return `put back as far as the API allows${left}${foreign}`;
    case 'unknown':
      return 'NOT put back';
  }
}

/** Rows of cells as a table of three columns, cells wrapped, a blank line after each row. */
export function table(rows: readonly (readonly string[])[], columns: number): string[] {
  if (rows.length < 2) return [];
  const width = Math.floor((Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns)) - 2 * GAP.length) / 3);
  return rows.flatMap((cells) => {
    const wrapped = cells.map((cell) => wrap(cell, width));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, line) =>
      wrapped
        .map((cell) => (cell[line] ?? '').padEnd(width))
        .join(GAP)
        .trimEnd(),
    );
    return [...lines, ''];
  });
}

// --- internal ---

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
