import type { RunContext } from '../../../core/run-context.ts';
import type { Plan } from '../plan/plan.ts';
import type { CreateStageOptions } from './contact-creator.ts';
import type { ContactResolver, ContactResolverOptions } from './contact-resolver.ts';
import type { WriterStage } from './stage-types.ts';

/** The stages for rows that name their contacts by keys. */
export interface KeyStages {
  readonly resolver: ContactResolver;
  readonly create: WriterStage['create'];
}

/**
 * Opens what looks contacts up by keys and makes missing ones. A run whose rows name their contacts by id does not load
 * it, unless the present values of contacts are to be shown (`isShown`).
 */
export async function openKeyStages(
  isShown: boolean,
  options: ContactResolverOptions & Pick<CreateStageOptions, 'intent' | 'update'>,
  context: RunContext,
): Promise<KeyStages> {
  if (!isShown && !hasKeys(options.plan)) return NO_KEYS;
  const [{ createContactResolver }, { createCreateStage }] = await Promise.all([
    import('./contact-resolver.ts'),
    import('./contact-creator.ts'),
  ]);
  const resolver = createContactResolver(options, context);
  const { plan, client, state, intent, update } = options;
  return {
    resolver,
    create: createCreateStage({ plan, client, state, resolver, intent, update }, context),
  };
}

// --- internal ---

function hasKeys({ reading }: Plan): boolean {
  const { contact, ownFunction } = reading.mapping;
  return contact.kind === 'match' || ownFunction !== undefined;
}

function noKeys(): never {
  throw new Error('a row names its contact by keys, which its mapping does not have');
}

const NO_KEYS: KeyStages = {
  resolver: { isOneKey: true, search: noKeys, known: noKeys, resolve: noKeys, idOf: noKeys, learn: noKeys },
  create: noKeys,
};
