/** How much the log tells, from everything to nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line of the log as a program gets it: what is told, and codes, counts and row numbers beside it. */
export interface LogEntry {
  readonly level: Exclude<LogLevel, 'silent'>;
  /** ISO time. */
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}
