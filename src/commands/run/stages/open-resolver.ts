import type { ContactResolver, ContactResolverOptions } from './contact-resolver.ts';

/**
 * Finding loads much, for which a run whose rows name their contacts by id has no use, unless what contacts hold now
 * `isShown` to a person.
 */
export async function openContactResolver(
  isShown: boolean,
  options: ContactResolverOptions,
): Promise<ContactResolver> {
  const { contact, ownFunction } = options.plan.reading.mapping;
  const isAsked = contact.kind === 'match' || ownFunction !== undefined || isShown;
  return isAsked ? (await import('./contact-resolver.ts')).createContactResolver(options) : NOBODY_TO_FIND;
}

// --- internal ---

function notFound(): never {
  throw new Error('a row names its contact by keys, which its mapping does not have');
}

const NOBODY_TO_FIND: ContactResolver = {
  search: notFound,
  findKnown: notFound,
  idOf: notFound,
  find: notFound,
  create: notFound,
};
