import type { LogLevel } from './logger.ts';
import type { Format } from './types.ts';

/** A bound on bad rows: a number of them, or a share of the outcomes. */
export type Share =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** Options of `run`, checked: durations in milliseconds, `Infinity` for no bound. */
export interface RunOptions {
  /** Names as given; `-` is stdin. */
  readonly inputs: readonly string[];
  /** Mapping file; without one the mapping is made from the column names. */
  readonly mapping?: string;
  readonly runDir?: string;
  readonly baseUrl: string;
  /** Attempts per second, retries and reads included. */
  readonly rate: number;
  /** Rows in flight. */
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly maxErrors: Share;
  readonly outageBudgetMs: number;
  readonly drainTimeoutMs: number;
  readonly stopAfterMs?: number;
  readonly format?: Format;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly minRows?: number;
  readonly limit: number;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly progress: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
}
