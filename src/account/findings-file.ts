import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, EXIT, RunError } from '../core/errors.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import { type DatedFinding, type Finding, QUESTIONS } from './finding.ts';

/** What probes of an account found. Free of personal data. */
export interface Findings {
  readonly version: 1;
  readonly account: string;
  readonly base_url: string;
  /** When the last probe was, ISO 8601. */
  readonly probed_at: string;
  readonly findings: readonly DatedFinding[];
}

/** Reads what was found; undefined where there is nothing, nothing readable, or another account's. */
export function loadFindings(file: string, account: string): Findings | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  return isFindings(json) && json.account === account ? json : undefined;
}

/** What is known after a probe: what it did not learn stays as an earlier one found it. */
export function joinFindings(
  before: Findings | undefined,
  fresh: readonly Finding[],
  at: string,
): DatedFinding[] {
  return QUESTIONS.flatMap((question) => {
    const now = fresh.find((finding) => finding.question === question);
    const old = before?.findings.find((finding) => finding.question === question);
    if (now && (now.value !== null || !old || old.value === null)) return { ...now, at };
    return old ?? [];
  });
}

/** Writes it whole or not at all. Throws `RunError` (3) where it cannot. */
export function saveFindings(file: string, findings: Findings): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeAtomic(file, `${JSON.stringify(findings, undefined, 2)}\n`);
  } catch (cause) {
    throw new RunError(
      'ERR_PROBE_FILE',
      `what the probe found could not be saved to ${file} (${codeOf(cause)}), so no run will know it. Give a directory that can be written with --state`,
      { exitCode: EXIT.stopped, cause },
    );
  }
}

// --- internal ---

function isFindings(json: unknown): json is Findings {
  if (typeof json !== 'object' || json === null) return false;
  const { version, account, probed_at: at, findings } = json as Readonly<Record<string, unknown>>;
  return (
    version === 1 &&
    typeof account === 'string' &&
    typeof at === 'string' &&
    Array.isArray(findings) &&
    findings.every((one) => typeof one === 'object' && one !== null && 'question' in one && 'value' in one)
  );
}
