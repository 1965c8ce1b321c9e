/** Syncs contacts to EngageLab LiveDesk from a program: see {@link sync}. */
export { RunError } from './core/errors.ts';
export type { LogEntry, LogLevel } from './core/log-entry.ts';
export {
  type ApiError,
  type JsonObject,
  type JsonValue,
  type RowError,
  STATUSES,
  type Status,
} from './core/types.ts';
export type { Summary } from './journal/summary.ts';
export type {
  FieldDocument,
  MappingDocument,
  MatchKeyDocument,
  PoliciesDocument,
} from './library/mapping-document.ts';
export type { RowOutcome } from './library/outcome.ts';
export { type SyncRun, sync } from './library/sync.ts';
export type {
  AsJson,
  Duration,
  InputRow,
  MappedRow,
  RowPlace,
  ShareOfRows,
  SyncOptions,
} from './library/sync-options.ts';
