import type { ConflictPolicy } from '../../core/types.ts';
import type { Field } from '../document.ts';

/**
 * Answers `on_conflict` by path: the field's own, or that of the whole object which the path lies in. Paths that no
 * field sets are ours.
 */
export function conflictPolicies(fields: readonly Field[]): (path: string) => ConflictPolicy {
  const policies = new Map(fields.map(({ path, onConflict }) => [path, onConflict]));
  return (path) => {
    for (let outer = path; ; outer = outer.slice(0, outer.lastIndexOf('.'))) {
      const policy = policies.get(outer);
      if (policy !== undefined) return policy;
      if (!outer.includes('.')) return 'ours';
    }
  };
}
