import type { Contact } from './contact.ts';

/**
 * What a PATCH answers with: the contact as it is afterwards, the same without its custom attributes, as in the
 * documentation's example (livedesk-api.md 2.3), or the contact as it was before.
 */
export const PATCH_ANSWERS = ['stored', 'no-custom-attributes', 'before'] as const;
export type PatchAnswer = (typeof PATCH_ANSWERS)[number];

/** The contact to answer a PATCH with that made `after` of `before`. */
export function answeredContact(mode: PatchAnswer, before: Contact, after: Contact): Contact {
  switch (mode) {
    case 'stored':
      return after;
    case 'no-custom-attributes':
      return { ...after, custom_attributes: {} };
    case 'before':
      return before;
  }
}
