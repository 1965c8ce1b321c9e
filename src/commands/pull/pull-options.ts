import type { LogLevel } from '../../core/log-entry.ts';
import type { Rate } from '../../core/types.ts';

/** Options of `pull`, checked: durations in milliseconds, `Infinity` for no bound. */
export interface PullOptions {
  /** Directory of the state. Default: `runs/.state`. */
  readonly state?: string;
  /** Default: LiveDesk's. */
  readonly baseUrl?: string;
  /** Attempts per second, retries included. */
  readonly rate: Rate;
  /** The most that `auto` may find. */
  readonly maxRate?: number;
  /** Per page. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly outageBudgetMs: number;
  readonly waitLockMs: number;
  readonly json: boolean;
  readonly progress: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
}
