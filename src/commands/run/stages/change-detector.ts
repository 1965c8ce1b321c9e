import type { Patch, Row } from '../../../core/types.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import type { Comparable, State } from '../../../state/state.ts';
import { compiledFor, type Plan } from '../plan/plan.ts';
import type { Expectations } from './expectations.ts';
import { wouldLoseLastKey } from './lost-keys.ts';
import type { Prepared } from './stage-types.ts';

export interface ChangeDetectorOptions {
  /** What is known of the account; without it every field is sent. */
  readonly state: State | undefined;
  /** Whether the mapping says that the account merges `additional_attributes`, so that parts of it may be sent. */
  readonly mergesAdditional: boolean;
  readonly expectations: Expectations;
  /** How many patches to keep as samples. */
  readonly samples: number;
  /** In a dry run, which gets no answers: a contact would have no key any more. */
  readonly onKeysLost: (contactId: number) => void;
}

/** Leaves out what need not be sent, and keeps the state in step with what was. */
export interface ChangeDetector {
  /** What of a patch need be sent, as things stand now. `isWhole`: no field of the row was left out of it. */
  prepare(row: Row, patch: Patch, isWhole: boolean): Prepared;
  /** Whether a patch leaves anything to send, as things stand; changes nothing. */
  differs(row: Row, patch: Patch): boolean;
  /** The whole patch behind one that was cut down to what differs. */
  wholeOf(patch: Patch): Comparable;
  /** The first patches that are to be sent, whole, for showing them. */
  readonly samples: readonly Patch[];
  /** A patch will have to be sent whose contact is not known yet; `complete` as in {@link Patch}. */
  expectRequests(complete: boolean): void;
  /** Requests that the patches prepared so far take, reads included. */
  readonly requests: number;
  /** Those among them that read a contact before it is written. */
  readonly reads: number;
}

export function createChangeDetector(plan: Plan, options: ChangeDetectorOptions): ChangeDetector {
  const { state, expectations } = options;
  const { withoutSuperseded } = plan;
  const { full, dryRun } = plan.options;
  const policyOf = (row: Row) => compiledFor(plan, row).conflictPolicy;
  /** The whole patch behind one that was cut down to what differs. */
  const wholes = new WeakMap<Patch, Comparable>();
  let requests = 0;
  let reads = 0;
  const samples: Patch[] = [];

  const toSend = (patch: Patch, conflicts?: readonly string[]): Prepared => {
    const isReadFirst = expectations.readsFirst(patch);
    requests += isReadFirst ? 2 : 1;
    if (isReadFirst) reads += 1;
    if (dryRun) expectations.assume(patch);
    if (dryRun && wouldLoseLastKey(patch, state)) options.onKeysLost(patch.contactId);
    if (samples.length < options.samples) samples.push(patch);
    return conflicts?.length ? { kind: 'send', patch, conflicts } : { kind: 'send', patch };
  };

  return {
    prepare(row, given, isWhole) {
      const { contactId } = given;
      const patch = withoutSuperseded(row, given);
      if (!patch) return { kind: 'done', outcome: { status: 'superseded', contactId } };
      if (!state) return toSend(patch);
      // only all that the row was mapped to stands for its cells
      const cells = isWhole && patch === given ? compiledFor(plan, row).glance.cells(row) : undefined;
      const whole = cells === undefined ? patch : { ...patch, cells };
      if (full) {
        wholes.set(patch, whole);
        return toSend(patch);
      }
      const comparison = state.compare(whole, policyOf(row));
      const { conflicts } = comparison;
      const send = wholeObjects(patch, comparison.send, options.mergesAdditional);
      const differing = withoutFields(
        patch,
        patch.fields.filter((path) => !send.includes(path)),
      );
      if (!differing) {
        if (!dryRun) state.confirm(whole, comparison);
        const more = conflicts.length > 0 ? { conflicts } : undefined;
        return { kind: 'done', outcome: { status: 'unchanged', contactId, ...more } };
      }
      wholes.set(differing, whole);
      return toSend(differing, conflicts);
    },
    differs(row, given) {
      const patch = withoutSuperseded(row, given);
      if (!patch) return false;
      return !state || full || state.compare(patch, policyOf(row)).send.length > 0;
    },
    wholeOf: (patch) => wholes.get(patch) ?? patch,
    expectRequests(complete) {
      requests += complete ? 2 : 1;
      if (complete) reads += 1;
    },
    samples,
    get requests() {
      return requests;
    },
    get reads() {
      return reads;
    },
  };
}

// --- internal ---

/** `send`, with all of an `additional_attributes` that is sent as it is: a part would replace the whole. */
function wholeObjects(patch: Patch, send: readonly string[], mergesAdditional: boolean): readonly string[] {
  if (patch.complete || mergesAdditional || !send.some(isAdditional)) return send;
  return patch.fields.filter((path) => isAdditional(path) || send.includes(path));
}

function isAdditional(path: string): boolean {
  return path.startsWith('additional_attributes');
}
