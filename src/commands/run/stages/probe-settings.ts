import type { AccountBehavior } from '../../../account/account-behavior.ts';
import type { DatedFinding } from '../../../account/finding.ts';
import type { AgeTies } from '../../../client/lookup/list-order.ts';
import { READBACK_UNKNOWN, type ReadbackTrust } from '../../../client/write/readback.ts';
import type { KeyField, Mapped, Patch } from '../../../core/types.ts';
import type { Mapping } from '../../../mapping/document.ts';

/** What a run takes from a probe of its account. */
export interface ProbeSettings {
  /** What was taken, in words with its date; empty where nothing is known or the mapping says it all. */
  readonly used: readonly string[];
  /** What the mapping says against what was found; the mapping wins. */
  readonly warnings: readonly string[];
  /** Whether parts of `additional_attributes` may be sent without the rest. */
  readonly mergesAdditional: boolean;
  /** What is known of answers before the first one. */
  readonly readback: ReadbackTrust;
  /** Contacts to ask for on a page of a list. */
  readonly largePage: number | undefined;
  /** The order in which a list shows contacts that were made at the same moment, where it is known. */
  readonly ties: AgeTies | undefined;
  /** Keys that the account looks up exactly, as far as it is known. */
  readonly exactFields: readonly KeyField[];
  /** A row as the mapping made it, without the need to complete what the account merges. */
  relieve(mapped: Mapped): Mapped;
}

/** Decides what of the findings a run with this mapping uses: what the mapping says wins. */
export function probeSettings(known: AccountBehavior, mapping: Mapping): ProbeSettings {
  const { additional, readback, page, listOrder, exactLookup } = known;
  const said = mapping.additionalAttributes;
  const isOpen = mapping.ownFunction !== undefined || mapping.changes !== undefined;
  const sendsParts = isOpen || mapping.fields.some(({ path }) => isPart(path));
  const takesMerges = said === undefined && additional?.value === 'merges';
  const used: string[] = [];
  const warnings: string[] = [];
  if (takesMerges && sendsParts) {
    used.push(
      `a probe on ${dayOf(additional)} found that the account merges additional_attributes: they are sent without reading the contact first, except for social_profiles (a mapping that says otherwise wins)`,
    );
  }
  if (said === 'merges' && additional?.value === 'replaces' && sendsParts) {
    warnings.push(
      `the mapping says that the account merges additional_attributes, but a probe on ${dayOf(additional)} found that it replaces them: keys that a row does not set are lost`,
    );
  }
  if (readback?.value === 'not a read-back') {
    used.push(
      `a probe on ${dayOf(readback)} found that answers of the account do not show what was written, so not_applied is left out`,
    );
  }
  if (readback?.value === 'read-back') {
    used.push(
      `a probe on ${dayOf(readback)} found that answers of the account show what was written: not_applied holds from the first row on`,
    );
  }
  if (page && mapping.contact.kind === 'match') {
    used.push(
      `a probe on ${dayOf(page)} found the largest page of a list: ${page.size} contacts are asked for`,
    );
  }
  if (exactLookup && mapping.contact.kind === 'match') {
    used.push(
      `a probe on ${dayOf(exactLookup)} found an exact look-up by ${exactLookup.fields.join(', ')}: one request a key, in place of searches`,
    );
  }
  if (listOrder && mapping.contact.kind === 'match') {
    used.push(
      `a probe on ${dayOf(listOrder)} found how a list sorts contacts that were made at the same moment (${listOrder.value}): no list has to find that out`,
    );
  }
  return {
    used,
    warnings,
    mergesAdditional: said === 'merges' || takesMerges,
    readback: readback ? { verdict: readback.value, misses: 0 } : READBACK_UNKNOWN,
    largePage: page?.size,
    ties: listOrder?.value,
    exactFields: exactLookup?.fields ?? [],
    relieve: (mapped) => (takesMerges && 'patch' in mapped ? relieved(mapped) : mapped),
  };
}

// --- internal ---

const SOCIAL = 'additional_attributes.social_profiles';

/** Sets one key of them, which is not nested. */
function isPart(path: string): boolean {
  return path.startsWith('additional_attributes.') && !path.startsWith(SOCIAL);
}

/** Nested profiles are replaced by accounts that merge, too (livedesk-api.md 5.3). */
function relieved(mapped: Mapped & { readonly patch: Omit<Patch, 'contactId'> }): Mapped {
  const { patch } = mapped;
  if (!patch.complete || patch.fields.some((path) => path.startsWith(SOCIAL))) return mapped;
  return { ...mapped, patch: { ...patch, complete: false } } as Mapped;
}

function dayOf({ at }: DatedFinding): string {
  return at.slice(0, 10);
}
