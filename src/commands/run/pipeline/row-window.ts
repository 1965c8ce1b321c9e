import type { BadRow, Row } from '../../../core/types.ts';

/** Rows between reading and outcome: how many, how heavy, and a way to wait for a change. */
export interface RowWindow {
  isFull(): boolean;
  isEmpty(): boolean;
  enter(weight: number): void;
  leave(weight: number): void;
  /** Makes who waits for a change look again. */
  look(): void;
  /** Resolves when a row leaves, or when told to look; one waiter at a time. */
  change(): Promise<void>;
}

/** A window of at most `maxRows` rows, or of `maxWeight` characters; a single row always fits. */
export function createRowWindow(maxRows: number, maxWeight: number): RowWindow {
  let rows = 0;
  let total = 0;
  let wake: (() => void) | undefined;
  return {
    isFull: () => rows >= maxRows || total >= maxWeight,
    isEmpty: () => rows === 0,
    enter(weight) {
      rows += 1;
      total += weight;
    },
    leave(weight) {
      rows -= 1;
      total -= weight;
      wake?.();
    },
    look: () => wake?.(),
    change: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
}

/** What a row weighs: the characters that it holds. */
export function charactersOf(row: Row | BadRow): number {
  if ('error' in row || row.text !== undefined) return row.text?.length ?? 0;
  let characters = 0;
  for (const cell of row.record as readonly string[]) characters += cell.length;
  return characters;
}
