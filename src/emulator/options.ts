import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/types.ts';
import type { AdditionalAttributes, NullAttribute } from './apply-change.ts';
import type { AuthBody } from './authentication.ts';
import type { ContactFaults, FaultShares } from './fault.ts';
import type { Impostor } from './impostor.ts';
import type { PatchAnswer } from './patch-answer.ts';
import type { NotFoundBody } from './reply.ts';
import type { RequestSummary } from './request-summary.ts';
import type { Limit, ThrottleMode } from './throttle.ts';
import type { PhonePattern } from './validate.ts';

/** What can be switched while the emulator runs. One switch per point that LiveDesk leaves undocumented. */
export interface Switches {
  /** Every connection is dropped, except to `/_emulator/`. Default false. */
  readonly down: boolean;
  /** Of all requests; null for none. Default 3,000 a minute (livedesk-api.md 5.7). */
  readonly limit: Limit | null;
  /** Of searches, requests with `q`; null for none. Default 100 a minute (livedesk-api.md 5.7). */
  readonly searchLimit: Limit | null;
  /** Default `text`: 429 without Retry-After. */
  readonly throttleMode: ThrottleMode;
  /** Answers wait a random time between the two, milliseconds. Default [0, 0]. */
  readonly latencyMs: readonly [number, number];
  /** Between reading a contact and writing it back, without a lock. Default 0. */
  readonly writeDelayMs: number;
  /** Default none. */
  readonly faults: FaultShares;
  /** Faults of single contacts by id; they come before `faults`. Default none. */
  readonly contactFaults: { readonly [contactId: string]: ContactFaults };
  /** What stands in place of the API, or null. Default null. */
  readonly impostor: Impostor | null;
  /** Default `merge` (livedesk-api.md 5.3). */
  readonly additionalAttributes: AdditionalAttributes;
  /** Default `anchored` (livedesk-api.md 5.4). */
  readonly phonePattern: PhonePattern;
  /** Default `error`. */
  readonly authBody: AuthBody;
  /** Status for another method on a known path. Default 404. */
  readonly methodNotAllowed: 404 | 405;
  /** Default `ignored`: always 15. */
  readonly pageSize: 'ignored' | 'honoured';
  /** Where `page_size` is honoured: the largest one given. Default 1,000. */
  readonly pageSizeMax: number;
  /** Whether `12abc` is contact 12. Default false. */
  readonly idPrefixCast: boolean;
  /** Whether `GET …/contacts/:id` exists; LiveDesk documents none. Default false. */
  readonly showContact: boolean;
  /** What a PATCH answers with. Default `stored`: the contact as it is afterwards (livedesk-api.md 2.3). */
  readonly patchAnswer: PatchAnswer;
  /** What null does to a custom attribute. Default `stored` (livedesk-api.md 5.3). */
  readonly nullAttribute: NullAttribute;
  /** How a contact that is not there is told. Default `error`: a 404 (livedesk-api.md 5.6, 4). */
  readonly notFound: NotFoundBody;
  /** What `q` does. Default `substring` (livedesk-api.md 5.8); `ignored`: the list of all contacts. */
  readonly search: 'substring' | 'ignored';
  /** Whether every answer tells how much of the limit is left. Default false: LiveDesk documents no such header. */
  readonly limitHeaders: boolean;
}

export const DEFAULT_SWITCHES: Switches = {
  down: false,
  limit: { requests: 3000, windowMs: 60_000 },
  searchLimit: { requests: 100, windowMs: 60_000 },
  throttleMode: 'text',
  latencyMs: [0, 0],
  writeDelayMs: 0,
  faults: {},
  contactFaults: {},
  impostor: null,
  additionalAttributes: 'merge',
  phonePattern: 'anchored',
  authBody: 'error',
  methodNotAllowed: 404,
  pageSize: 'ignored',
  idPrefixCast: false,
  showContact: false,
  pageSizeMax: 1000,
  patchAnswer: 'stored',
  nullAttribute: 'stored',
  notFound: 'error',
  search: 'substring',
  limitHeaders: false,
};

/** A contact to begin with: what is left out is null, empty or false. Stored as it is, without validation. */
export interface ListedContact {
  readonly id: number;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly phone_number?: string | null;
  readonly identifier?: string | null;
  readonly blocked?: boolean;
  readonly additional_attributes?: JsonObject;
  readonly custom_attributes?: JsonObject;
  /** Unix seconds. */
  readonly last_activity_at?: number | null;
  /** Unix seconds. */
  readonly created_at?: number | null;
}

/** How an emulator begins. */
export interface EmulatorOptions extends Partial<Switches> {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Loopback only. Default 127.0.0.1. */
  readonly host?: '127.0.0.1' | '::1';
  /** Default `demo-key`. */
  readonly apiKey?: string;
  /** Default `demo-secret`. */
  readonly apiSecret?: string;
  /** How many contacts are made up. Default 1,000, or 0 with `contactList`. */
  readonly contacts?: number;
  /** Id of the first one made up; the others follow without a gap. Default 1. */
  readonly firstId?: number;
  /** Of made-up contacts, latency and faults. Default 1. */
  readonly seed?: number;
  /** Contacts to begin with, on top of the made-up ones. */
  readonly contactList?: readonly ListedContact[];
  /** Pairs of made-up contacts, from the first on, that share a phone: every PATCH of them is a 422 (5.4). */
  readonly sharedPhones?: number;
  /** Writes beyond this many are applied but not journalled. Default 2,000,000. */
  readonly journalLimit?: number;
  readonly clock?: Clock;
  /** Told of every request once it is over. Costs a second reading of its body. */
  readonly onRequest?: (seen: RequestSummary) => void;
}
