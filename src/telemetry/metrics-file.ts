import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, RunError } from '../core/errors.ts';
import { readBoundedSync } from '../core/read-bounded.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import { lastSuccessIn, type MetricLabels, openMetrics, type RunMetrics } from './open-metrics.ts';

/** A file that holds the metrics of the newest run. */
export interface MetricsFile {
  /** Replaces what is there, whole. Throws what the file system throws. */
  write(metrics: Omit<RunMetrics, 'lastSuccessAt'>): void;
}

/** Throws `ERR_METRICS_FILE` (exit 2) where the folder of `path` is not there. */
export function openMetricsFile(path: string, whose: MetricLabels): MetricsFile {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RunError(
      'ERR_METRICS_FILE',
      `--metrics-file ${path}: there is no folder ${folder}. Make it, or name a file in another one.`,
    );
  }
  let lastSuccessAt = lastSuccessIn(textOf(path), whose);
  return {
    write(metrics) {
      if (metrics.ended?.exitCode === 0) lastSuccessAt = metrics.ended.at;
      // read by a collector that runs as another user, and that takes every *.prom for metrics
      writeAtomic(path, openMetrics({ ...metrics, lastSuccessAt }), { mode: 0o644 });
    },
  };
}

// --- internal ---

/** Ours have some 3 KiB. */
const MAX_METRICS_BYTES = 1024 * 1024; // 1 MiB

/** What an earlier run wrote; nothing where it cannot be read. */
function textOf(path: string): string {
  try {
    return readBoundedSync(path, MAX_METRICS_BYTES).toString('utf8');
  } catch (error) {
    if (codeOf(error) !== 'EISDIR') return '';
    throw new RunError('ERR_METRICS_FILE', `--metrics-file ${path} is a folder; name a file in it`);
  }
}
