/** So many contacts in a row that were answered 403, with no other one left to send, are taken for the key's fault. */
const IN_A_ROW = 5;

/** What becomes of a contact that was answered 403. */
export type Ruling = 'rejected' | 'pending';

/**
 * Holds contacts that were answered 403 until it is known whose fault that is. Once another contact gets a different
 * answer it is the contact's (`rejected`). Where no other is left to send, it is the key's (`pending`) if five are held
 * or no contact ever got a different answer.
 */
export interface ForbiddenPolicy {
  /** Resolves when it is known what becomes of `contactId`. */
  hold(contactId: number): Promise<Ruling>;
  /** An answer other than 403 came for `contactId`. */
  different(contactId: number): void;
  /** No other contact is left to send: decides what becomes of those that are held. */
  close(): void;
  /** How many are held. */
  readonly held: number;
}

/** `onKeyRefused` is called when contacts are left `pending`: the key is at fault. */
export function createForbiddenPolicy(onKeyRefused: () => void): ForbiddenPolicy {
  const held = new Map<number, (ruling: Ruling) => void>();
  /** Contacts that got another answer; two are enough to know that one of them is another contact. */
  const others = new Set<number>();
  let isKeyRefused = false;
  const settle = (contactId: number, ruling: Ruling): void => {
    held.get(contactId)?.(ruling);
    held.delete(contactId);
  };
  return {
    hold(contactId) {
      // what was in flight when the key was found at fault is no contact's fault either
      if (isKeyRefused) return Promise.resolve('pending');
      return new Promise((resolve) => held.set(contactId, resolve));
    },
    different(contactId) {
      if (others.size < 2) others.add(contactId);
      for (const other of [...held.keys()]) if (other !== contactId) settle(other, 'rejected');
    },
    close() {
      const isRow = held.size >= IN_A_ROW;
      for (const contactId of isRow ? [] : [...held.keys()]) {
        if ([...others].some((other) => other !== contactId)) settle(contactId, 'rejected');
      }
      if (held.size === 0) return;
      isKeyRefused = true;
      for (const contactId of [...held.keys()]) settle(contactId, 'pending');
      onKeyRefused();
    },
    get held() {
      return held.size;
    },
  };
}
