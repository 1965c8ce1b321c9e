/** Whether somebody who is no suspect was called to probe. */
export type Witness =
  /** Nobody was called yet. */
  | 'uncalled'
  /** One was called and is on the way. */
  | 'coming'
  /** There is none, or none came in time. */
  | 'none';

/** Who is to probe. */
export type ProbeChoice =
  /** The one at this place among those who wait. */
  | { readonly kind: 'probe'; readonly index: number }
  /** A witness is to be called. */
  | { readonly kind: 'call' }
  /** Whoever comes next decides. */
  | { readonly kind: 'wait' }
  /** Nobody can be asked whether it is an outage. */
  | { readonly kind: 'unheard' };

/**
 * Who probes, of the contacts that wait in the order in which they came. A suspect would have its fault in any case,
 * so that its probe would tell nothing: somebody else goes first, one who is called where nobody waits, and a suspect
 * only where there is nobody else.
 */
export function chooseProbe(
  suspects: ReadonlySet<number>,
  isDoubt: boolean,
  waiting: readonly number[],
  witness: Witness,
): ProbeChoice {
  const index = waiting.findIndex((contactId) => !suspects.has(contactId));
  if (index >= 0) return { kind: 'probe', index };
  if (suspects.size > 0 && witness === 'uncalled') return { kind: 'call' };
  if (witness === 'coming') return { kind: 'wait' };
  if (isDoubt) return { kind: 'unheard' };
  return waiting.length > 0 ? { kind: 'probe', index: 0 } : { kind: 'wait' };
}
