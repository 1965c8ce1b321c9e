import type { BadRow, Delivered, Mapped, MatchKey, Outcome, Patch, Row } from '../../../core/types.ts';

/** A row whose outcome was settled before it came; it has no cells any more. */
export interface SettledRow extends Row {
  readonly outcome: Outcome;
}

/** An input as the pipeline sees it. */
export interface RowSource {
  rows(): AsyncIterable<readonly (Row | BadRow | SettledRow)[]>;
}

/** A patch whose contact is not known by its id. */
export type Unmatched = Mapped & { readonly kind: 'unmatched' };

/** A row that has nothing to send. */
export interface Unchanged {
  readonly contactId: number;
  /** The paths that its patch would set. */
  readonly fields: readonly string[];
}

/** What is left to do for a patch: something to send, or nothing. */
export type Prepared =
  | {
      readonly kind: 'send';
      readonly patch: Patch;
      /** The contact is read before it is written, and what is sent may be less. */
      readonly isReadFirst: boolean;
      readonly conflicts?: readonly string[];
    }
  | { readonly kind: 'done'; readonly outcome: Outcome };

/** The contact that a patch is for: found, to be made, or an outcome that says why neither. */
export type Resolution =
  /** `by` is the key that found it. */
  | { readonly kind: 'patch'; readonly patch: Patch; readonly by?: MatchKey }
  | { readonly kind: 'create' }
  | { readonly kind: 'done'; readonly outcome: Outcome | 'pending' };

/** Rows become patches. */
export interface MapperStage {
  map(row: Row): Mapped;
}

/** Patches lose what the contact is known to have already. */
export interface ChangeStage {
  /** The contact of a row that is known to have nothing to send to it, before the row is mapped, and the fields it sets. */
  unchanged(row: Row): Unchanged | undefined;
  /** What of a patch is to be sent, as things stand now. `isWhole`: no field of the row was left out of it. */
  prepare(row: Row, patch: Patch, isWhole: boolean): Prepared;
  /** Resolves when there is room for more of what rows that are not sent leave in memory. */
  room(): Promise<void>;
}

/** The way of a row to its contact, from when it was read until it is through. Rows behind it wait for what it may do to keys. */
export interface Journey {
  /** The row's contact is known; `by` is the key that found it. */
  found(contactId: number, by?: MatchKey): void;
  /** A contact is about to be made for the row. */
  creates(): void;
  /** Whether this run has moved a key of the row since its contact was found, so that it must be found again. */
  hasMoved(): boolean;
  /** The row is in the lane of its contact, which is the right one. */
  reached(): void;
  end(): void;
}

/** Waits for other rows on behalf of one that is under way: meanwhile it is not. */
export type Aside = (wait: Promise<void>) => Promise<void>;

/** Keys become contact ids. */
export interface ResolverStage {
  /**
   * Whether a row has one key at most. With several, two rows may mean one contact by different keys, so that only
   * one contact is looked up at a time: the order of a contact's rows comes before the pace of searches.
   */
  readonly isOneKey: boolean;
  /** A row sets out. Called in the order of the rows. */
  depart(mapped: Mapped & { readonly kind: 'patch' | 'unmatched' }, row: Row): Journey;
  /** The contact of a row that has not set out yet, as far as it is known without a request and no row in flight may change it. */
  known(mapped: Unmatched, row: Row): Resolution | undefined;
  /** The contact of a patch, looked up at the API, once no row before it may change the answer: `aside` waits for those. */
  resolve(mapped: Unmatched, row: Row, journey: Journey, aside: Aside): Promise<Resolution>;
}

/** Patches become outcomes. */
export interface WriterStage {
  /** A patch is to be sent before long: what must be on the disk before it leaves is begun now. */
  announce(patch: Patch, row: Row): void;
  /** A patch that was announced is not sent after all. */
  withdraw(patch: Patch, row: Row): void;
  update(patch: Patch, row: Row): Promise<Delivered>;
  /** Makes a contact, or gives the patch for one that turns out to be there. */
  create(mapped: Unmatched, row: Row): Promise<Delivered | { readonly found: Patch }>;
  /** Nothing is being sent and nothing else can be begun: the outcome of held rows must be decided now. */
  releaseHeld(): void;
}

/** Outcomes become journal lines. */
export interface OutcomeStage {
  /** Notes an outcome; {@link flushed} resolves when it is safe. */
  record(row: Row | BadRow, outcome: Outcome): void;
  flushed(): Promise<void>;
  /** Resolves when the observer has room for more outcomes. */
  room(): Promise<void>;
}

/** The stages that a row walks through, in their order. */
export interface Stages {
  readonly mapper: MapperStage;
  readonly changes: ChangeStage;
  readonly resolver: ResolverStage;
  readonly writer: WriterStage;
  readonly outcomes: OutcomeStage;
}
