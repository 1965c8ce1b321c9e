import type { Present } from '../../../client/write/update-contact.ts';
import type { JsonObject, Patch, Row } from '../../../core/types.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import type { Comparable, Comparison, State } from '../../../state/state.ts';
import { compiledFor, type Plan } from '../plan/plan.ts';
import type { Expectations } from './expectations.ts';
import { wouldLoseLastKey } from './lost-keys.ts';
import { enforcesValues, type PresentValues, readsPresentValues } from './present-values.ts';
import type { Prepared, Unchanged } from './stage-types.ts';

export interface ChangeDetectorOptions {
  /** What is known of the account; without it every field is sent. */
  readonly state: State | undefined;
  /** Whether the mapping says that the account merges `additional_attributes`, so that parts of it may be sent. */
  readonly mergesAdditional: boolean;
  readonly expectations: Expectations;
  readonly presentValues: PresentValues;
  /** How many patches to keep as samples. */
  readonly samples: number;
  /** In a dry run, which gets no answers: a contact would have no key any more. */
  readonly onKeysLost: (contactId: number) => void;
}

/** Leaves out what need not be sent, and keeps the state in step with what was. */
export interface ChangeDetector {
  /** What of a patch need be sent, as things stand now. `isWhole`: no field of the row was left out of it. */
  prepare(row: Row, patch: Patch, isWhole: boolean): Prepared;
  /** What a patch depends on of what the contact holds; undefined where it depends on nothing. */
  presentOf(row: Row, patch: Patch): Present | undefined;
  /** Whether a patch leaves anything to send, as things stand; changes nothing. */
  differs(row: Row, patch: Patch): boolean;
  /**
   * What becomes of all that a row was mapped to, in a dry run; changes nothing. Undefined where that depends on other rows, or
   * is more than can be told here.
   */
  foresee(row: Row, patch: Patch): Foreseen | undefined;
  /** What of a whole patch differs from its contact as it was read just now. */
  compareRead(row: Row, whole: Patch, contact: JsonObject): Comparison;
  /** The whole patch behind one that was cut down to what differs. */
  wholeOf(patch: Patch): Patch & Comparable;
  /** Fields under `theirs` that were sent although the API did not show what the contact holds in them. */
  readonly unseenFields: number;
  /** The first patches that are to be sent, whole, for showing them. */
  readonly samples: readonly Patch[];
  /** So many requests will have to be sent for rows that are not prepared; `reads` of them read a contact. */
  expectRequests(requests: number, reads: number): void;
  /** Requests that the patches prepared so far take, reads included. */
  readonly requests: number;
  /** Those among them that read a contact before it is written. */
  readonly reads: number;
}

/** What a row would send in a dry run: its contact, the paths, the requests it would take, and those of them that read. */
export interface Foreseen extends Unchanged {
  /** 0 where nothing is to be sent; then the paths are all that the row would set. */
  readonly requests: number;
  readonly reads: number;
}

export async function createChangeDetector(
  plan: Plan,
  options: ChangeDetectorOptions,
): Promise<ChangeDetector> {
  const { state, expectations, presentValues } = options;
  const { withoutSuperseded } = plan;
  const { full, dryRun, undoable } = plan.options;
  const policyOf = (row: Row) => compiledFor(plan, row).conflictPolicy;
  const mayRead = readsPresentValues(plan);
  // a plain run has no use for it
  const comparing = mayRead ? await import('../../../state/compare/compare-patch.ts') : undefined;
  const enforces = enforcesValues(plan);
  /** The whole patches behind those of which something was cut off. */
  const wholes = new WeakMap<Patch, Patch & Comparable>();
  let unseenFields = 0;
  let requests = 0;
  let reads = 0;
  const samples: Patch[] = [];

  const isReadFor = (row: Row, patch: Patch): boolean =>
    undoable || (mayRead && !full && presentValues.areNeeded(patch, policyOf(row)));
  /** When the contact was seen; to be undone, a write needs the values themselves, which only a read gives. */
  const seenAt = (contactId: number): number =>
    undoable ? Number.NEGATIVE_INFINITY : presentValues.seenAt(contactId);
  const isUnseen = ({ contactId }: Patch): boolean => seenAt(contactId) === Number.NEGATIVE_INFINITY;
  const isToBeRead = (row: Row, patch: Patch): boolean =>
    patch.from !== undefined || expectations.readsFirst(patch) || (isReadFor(row, patch) && isUnseen(patch));
  const toSend = (row: Row, patch: Patch, conflicts?: readonly string[]): Prepared => {
    const isReadFirst = isToBeRead(row, patch);
    requests += isReadFirst ? 2 : 1;
    if (isReadFirst) reads += 1;
    if (dryRun) expectations.assume(patch);
    if (dryRun && wouldLoseLastKey(patch, state)) options.onKeysLost(patch.contactId);
    if (samples.length < options.samples) samples.push(patch);
    return { kind: 'send', patch, isReadFirst, ...(conflicts?.length ? { conflicts } : {}) };
  };

  /** What of a whole patch differs from what the state knows of its contact. */
  const compare = (known: State, row: Row, whole: Patch & Comparable): Differing => {
    const isFresh = presentValues.isFresh(whole.contactId);
    return cut(whole, known.compare(whole, policyOf(row), { isFresh, enforces }));
  };
  const cut = (whole: Patch & Comparable, comparison: Comparison): Differing => {
    const send = wholeObjects(whole, comparison.send, options.mergesAdditional);
    // nothing is cut off: it stands for itself, and costs the collector no entry
    if (send.length === whole.fields.length) return { comparison, differing: whole };
    const { cells: _, ...patch } = whole;
    const differing = withoutFields(
      patch,
      patch.fields.filter((path) => !send.includes(path)),
    );
    if (differing) wholes.set(differing, whole);
    return { comparison, differing };
  };
  /** All that a row was mapped to, with its cells, which stand for it. */
  const withCells = (row: Row, patch: Patch): Patch & Comparable => {
    const cells = compiledFor(plan, row).glance.cells(row);
    return cells === undefined ? patch : { ...patch, cells };
  };
  const settled = (whole: Comparable, { comparison }: Differing): Prepared & { readonly kind: 'done' } => {
    if (!dryRun) state?.confirm(whole, comparison);
    const { conflicts } = comparison;
    const more = conflicts.length > 0 ? { conflicts } : undefined;
    return { kind: 'done', outcome: { status: 'unchanged', contactId: whole.contactId, ...more } };
  };

  const isOfChanges = plan.reading.mapping.changes !== undefined;
  const changeLines = isOfChanges
    ? (await import('./change-lines.ts')).createChangeLines({
        state: dryRun ? undefined : state,
        onCut: (left, whole) => wholes.set(left, whole),
      })
    : undefined;

  return {
    prepare(row, given, isWhole) {
      const { contactId } = given;
      const patch = withoutSuperseded(row, given);
      if (!patch) return { kind: 'done', outcome: { status: 'superseded', contactId } };
      if (changeLines) return toSend(row, changeLines.prepare(patch, given));
      if (!state) return toSend(row, patch);
      const whole = isWhole && patch === given ? withCells(row, patch) : patch;
      if (full) return toSend(row, whole);
      const found = compare(state, row, whole);
      if (!found.differing) return settled(whole, found);
      return toSend(row, found.differing, found.comparison.conflicts);
    },
    presentOf(row, patch) {
      if (changeLines) return changeLines.presentOf(patch);
      if (!comparing || !isReadFor(row, patch)) return undefined;
      const whole = wholes.get(patch) ?? patch;
      return {
        seenAt: seenAt(patch.contactId),
        isRequired: undoable,
        revise(contact) {
          if (full) return { kind: 'send', patch };
          const policy = policyOf(row);
          const found = state
            ? compare(state, row, whole)
            : cut(whole, comparing.compareWithContact(whole, contact, policy));
          if (!found.differing) return settled(whole, found);
          for (const path of found.differing.fields) {
            if (policy(path) === 'theirs' && !comparing.isShownIn(contact, path)) unseenFields += 1;
          }
          const { conflicts } = found.comparison;
          return { kind: 'send', patch: found.differing, ...(conflicts.length > 0 ? { conflicts } : {}) };
        },
      };
    },
    compareRead(row, whole, contact) {
      if (!comparing) throw new Error('only a plan compares contacts that it read with whole rows');
      if (full) return comparing.compareWithContact(whole, contact, () => 'ours');
      return state
        ? state.compare(whole, policyOf(row), { seen: contact })
        : comparing.compareWithContact(whole, contact, policyOf(row));
    },
    differs(row, given) {
      const patch = withoutSuperseded(row, given);
      if (!patch) return false;
      return (
        !state || full || patch.from !== undefined || compare(state, row, patch).comparison.send.length > 0
      );
    },
    foresee(row, patch) {
      const isOfOthers = withoutSuperseded(row, patch) !== patch || patch.expect !== undefined;
      if (changeLines || options.samples > 0 || isOfOthers || wouldLoseLastKey(patch, state))
        return undefined;
      const { contactId } = patch;
      const found = state && !full ? compare(state, row, withCells(row, patch)) : undefined;
      if (found && found.comparison.conflicts.length > 0) return undefined;
      const differing = found ? found.differing : patch;
      if (!differing) return { contactId, fields: patch.fields, requests: 0, reads: 0 };
      const reads = isToBeRead(row, differing) ? 1 : 0;
      return { contactId, fields: differing.fields, requests: 1 + reads, reads };
    },
    wholeOf: (patch) => wholes.get(patch) ?? patch,
    expectRequests(more, moreReads) {
      requests += more;
      reads += moreReads;
    },
    samples,
    get unseenFields() {
      return unseenFields;
    },
    get requests() {
      return requests;
    },
    get reads() {
      return reads;
    },
  };
}

// --- internal ---

/** A comparison, and the patch that is left of the whole one; undefined where nothing is. */
interface Differing {
  readonly comparison: Comparison;
  readonly differing: Patch | undefined;
}

/** `send`, with all of an `additional_attributes` that is sent as it is: a part would replace the whole. */
function wholeObjects(patch: Patch, send: readonly string[], mergesAdditional: boolean): readonly string[] {
  if (patch.complete || mergesAdditional || !send.some(isAdditional)) return send;
  return patch.fields.filter((path) => isAdditional(path) || send.includes(path));
}

function isAdditional(path: string): boolean {
  return path.startsWith('additional_attributes');
}
