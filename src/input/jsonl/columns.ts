import { InexactNumber } from '../../core/types.ts';

/** Levels that paths go down: `additional_attributes.social_profiles.twitter` has three. */
const MAX_DEPTH = 6;
/** More than any export has; keys that are data themselves would fill the memory. */
const MAX_PATHS = 10_000;
/** Longest path, in UTF-16 code units: each key of an object repeats the path to it. */
const MAX_PATH_LENGTH = 1_000;

/** Adds the dotted path of every key of `record` to `paths`, of objects and of what is in them. Arrays are values. */
export function addPaths(
  paths: Set<string>,
  record: { readonly [key: string]: unknown },
  prefix = '',
  depth = 1,
): void {
  for (const key of Object.keys(record)) {
    if (paths.size >= MAX_PATHS) return;
    const path = `${prefix}${key}`;
    if (path.length > MAX_PATH_LENGTH) continue;
    paths.add(path);
    const value = record[key];
    if (depth < MAX_DEPTH && isObject(value)) addPaths(paths, value, `${path}.`, depth + 1);
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber)
  );
}
