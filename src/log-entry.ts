import type { LogLevel } from './log-level.ts';

/** A line of the log as a program gets it: what is told, and codes, counts and row numbers beside it. */
export interface LogEntry {
  readonly level: Exclude<LogLevel, 'silent'>;
  /** ISO time. */
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}
