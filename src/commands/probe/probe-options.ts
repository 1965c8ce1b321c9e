import type { LogLevel } from '../../core/log-entry.ts';

/** Options of `probe`, checked: durations in milliseconds. */
export interface ProbeOptions {
  /** The contact that may be used; absent with `restore`. */
  readonly contactId?: number;
  /** A saved contact to put back. */
  readonly restore?: string;
  /** Send GET alone. */
  readonly readOnly: boolean;
  /** A custom attribute that may be set, cleared and deleted. */
  readonly testKey?: string;
  /** Directory of the state. Default: `runs/.state` if it is there, else where the system keeps what programs remember. */
  readonly state?: string;
  /** Default: LiveDesk's. */
  readonly baseUrl?: string;
  readonly rate: number;
  /** Per request. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly outageBudgetMs: number;
  readonly waitLockMs: number;
  readonly json: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
}
