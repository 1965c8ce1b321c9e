/** Forbidden answers in a row, from as many contacts, that are taken for the key's fault. */
const IN_A_ROW = 5;

/** What becomes of a contact that was answered 403. */
export type Ruling = 'rejected' | 'pending';

/**
 * Holds contacts that were answered 403 until it is known whose fault that is: once another contact gets a
 * different answer it is the contact's (`rejected`); five in a row, or nothing but 403 until the end, is the
 * key's (`pending`).
 */
export interface ForbiddenPolicy {
  /** Resolves when the case of `contactId` is settled. */
  hold(contactId: number): Promise<Ruling>;
  /** An answer other than 403 came for `contactId`. */
  different(contactId: number): void;
  /** Nobody else can testify any more: what is held is `rejected` if another contact ever got through. */
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
  const refuseKey = (): void => {
    isKeyRefused = true;
    for (const contactId of [...held.keys()]) settle(contactId, 'pending');
    onKeyRefused();
  };
  return {
    hold(contactId) {
      // what was in flight when the key was found at fault is no contact's fault either
      if (isKeyRefused) return Promise.resolve('pending');
      const ruling = new Promise<Ruling>((resolve) => held.set(contactId, resolve));
      if (held.size >= IN_A_ROW) refuseKey();
      return ruling;
    },
    different(contactId) {
      if (others.size < 2) others.add(contactId);
      for (const other of [...held.keys()]) if (other !== contactId) settle(other, 'rejected');
    },
    close() {
      for (const contactId of [...held.keys()]) {
        if ([...others].some((other) => other !== contactId)) settle(contactId, 'rejected');
      }
      if (held.size > 0) refuseKey();
    },
    get held() {
      return held.size;
    },
  };
}
