import type { InjectedFault } from './fault.ts';
import { drawFault } from './fault.ts';
import { impostorReply } from './impostor.ts';
import type { Switches } from './options.ts';
import type { EmulatorReply } from './reply.ts';
import type { Route } from './route.ts';
import type { Limit } from './throttle.ts';
import { Allowance, throttledReply } from './throttle.ts';

/** What is decided of a request before the API sees it. */
export type GatewayDecision =
  | { readonly kind: 'admitted'; readonly fault?: InjectedFault }
  | { readonly kind: 'impostor' | 'throttled'; readonly reply: EmulatorReply };

const ADMITTED: GatewayDecision = { kind: 'admitted' };
const SEARCH = /(?:^|&)q=/;

/** The gateway before the API: throttles first, then the faults of a contact, then those that chance has. */
export class Gateway {
  readonly #random: () => number;
  readonly #all = new Allowance();
  readonly #searches = new Allowance();
  readonly #left = new Map<number, InjectedFault | InjectedFault[]>();

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Begins the faults of single contacts anew. */
  script(contactFaults: Switches['contactFaults']): void {
    this.#left.clear();
    for (const [id, faults] of Object.entries(contactFaults)) {
      this.#left.set(Number(id), typeof faults === 'string' ? faults : [...faults]);
    }
  }

  /** How many requests the present window still takes. */
  left(limit: Limit): number {
    return this.#all.left(limit);
  }

  /** Decides on a request that arrived at `at` (unix ms). */
  admit(route: Route, switches: Switches, at: number): GatewayDecision {
    const { impostor, limit, searchLimit, throttleMode } = switches;
    if (impostor !== null) return { kind: 'impostor', reply: impostorReply(impostor) };
    if (limit !== null) {
      const waitMs = this.#all.take(limit, at);
      if (waitMs > 0) return { kind: 'throttled', reply: throttledReply(throttleMode, limit, waitMs) };
    }
    if (searchLimit !== null && route.to === 'list' && SEARCH.test(route.query)) {
      const waitMs = this.#searches.take(searchLimit, at);
      if (waitMs > 0) return { kind: 'throttled', reply: throttledReply(throttleMode, searchLimit, waitMs) };
    }
    const fault = this.#scripted(route.contactId) ?? this.#chance(switches);
    return fault === undefined ? ADMITTED : { kind: 'admitted', fault };
  }

  #scripted(contactId: number | null): InjectedFault | undefined {
    if (contactId === null || this.#left.size === 0) return undefined;
    const faults = this.#left.get(contactId);
    return typeof faults === 'string' ? faults : faults?.shift();
  }

  #chance({ faults }: Switches): InjectedFault | undefined {
    for (const _ in faults) return drawFault(faults, this.#random());
    return undefined;
  }
}
