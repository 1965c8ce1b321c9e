import { keysWritten } from '../../../client/lookup/match-key.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { KEY_FIELDS, type Outcome } from '../../../core/types.ts';
import type { Plan } from '../plan/plan.ts';
import type { CreateStageOptions } from './contact-creator.ts';
import type { ContactResolver, ContactResolverOptions } from './contact-resolver.ts';
import { NO_JOURNEY } from './key-journey.ts';
import type { WriterStage } from './stage-types.ts';
import { wasNotWritten } from './write-ahead.ts';

/** The stages for rows that name their contacts by keys. */
export interface KeyStages {
  readonly resolver: ContactResolver;
  readonly create: WriterStage['create'];
  /** Writes a patch, after which what is known of keys is as written. */
  readonly update: WriterStage['update'];
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
  const { plan, client, state, intent } = options;
  if (!isShown && !hasKeys(plan)) return { ...NO_KEYS, update: options.update };
  const [{ createContactResolver }, { createCreateStage }] = await Promise.all([
    import('./contact-resolver.ts'),
    import('./contact-creator.ts'),
  ]);
  const resolver = createContactResolver(options, context);
  options.expectations.alsoAsk((key) => resolver.idOf([key]));
  const update = following(resolver, options.update);
  return {
    resolver,
    update,
    create: createCreateStage({ plan, client, state, resolver, intent, update }, context),
  };
}

/** Whether rows may name their contacts by keys. */
export function hasKeys({ reading }: Pick<Plan, 'reading'>): boolean {
  const { contact, ownFunction } = reading.mapping;
  return contact.kind === 'match' || ownFunction !== undefined;
}

// --- internal ---

/** Tells the resolver what became of keys that were written. */
function following(resolver: ContactResolver, update: WriterStage['update']): WriterStage['update'] {
  return async (patch, row) => {
    const delivered = await update(patch, row);
    const keys = keysWritten(patch.contactId, patch.body);
    if (!keys) return delivered;
    const follow = <T extends Outcome | 'pending'>(outcome: T): T => {
      if (!wasNotWritten(outcome)) resolver.wrote(keys, wereWritten(outcome));
      return outcome;
    };
    return typeof delivered === 'object' && 'held' in delivered
      ? { held: delivered.held.then(follow) }
      : follow(delivered);
  };
}

/** Whether the contact has what was sent, for sure. */
function wereWritten(outcome: Outcome | 'pending'): boolean {
  if (outcome === 'pending' || outcome.status !== 'updated') return false;
  return !outcome.notApplied?.some((path) => (KEY_FIELDS as readonly string[]).includes(path));
}

function noKeys(): never {
  throw new Error('a row names its contact by keys, which its mapping does not have');
}

const NO_KEYS: Omit<KeyStages, 'update'> = {
  resolver: {
    isOneKey: true,
    depart: () => NO_JOURNEY,
    search: noKeys,
    known: noKeys,
    resolve: noKeys,
    idOf: noKeys,
    learn: noKeys,
    wrote: noKeys,
  },
  create: noKeys,
};
