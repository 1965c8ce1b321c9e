/** One of several runs that share the rows of their inputs, contact by contact. */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** As people write it: `1/4`. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Whether two runs do the same share of the rows; undefined is all of them. */
export function isSameShard(a: Shard | undefined, b: Shard | undefined): boolean {
  return a?.index === b?.index && a?.of === b?.of;
}

/** Whether two runs share out contacts between them, so that neither has one of the other's. */
export function areSiblings(a: Shard | undefined, b: Shard | undefined): boolean {
  return a !== undefined && b !== undefined && a.of === b.of && a.index !== b.index;
}

/** A shard as the command line names it, counted from 1; `auto` is what `JOB_COMPLETION_INDEX` says. */
export interface ShardChoice {
  readonly index: number | 'auto';
  readonly of: number;
}
