import { keysOfPath } from '../../core/field-path.ts';
import type { ConflictPolicy } from '../../core/types.ts';
import type { Field } from '../document.ts';

/**
 * Answers `on_conflict` by path: the field's own, or that of the whole object which the path lies in. Paths that no
 * field sets are ours.
 */
export function conflictPolicies(fields: readonly Field[]): (path: string) => ConflictPolicy {
  const policies = new Map(fields.map(({ path, onConflict }) => [path, onConflict]));
  return (path) => {
    const keys = keysOfPath(path);
    for (let depth = keys.length; depth > 0; depth -= 1) {
      const policy = policies.get(keys.slice(0, depth).join('.'));
      if (policy !== undefined) return policy;
    }
    return 'ours';
  };
}
