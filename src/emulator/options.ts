import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/types.ts';
import type { AdditionalAttributes, NullAttribute } from './apply-change.ts';
import type { AuthBody } from './authentication.ts';
import type { ContactFaults, FaultShares } from './fault.ts';
import type { Impostor } from './impostor.ts';
import { DEFAULT_INBOXES, type Inboxes } from './inboxes.ts';
import type { PatchAnswer } from './patch-answer.ts';
import type { NotFoundBody } from './reply.ts';
import type { RequestSummary } from './request-summary.ts';
import type { Limit, ThrottleMode } from './throttle.ts';
import type { TieOrder } from './ties.ts';
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
  /** Default `unanchored`, as through upstream's 4.10 (livedesk-api.md 5.4). */
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
  /** Which contacts a search looks through. Default `resolved`: those with an e-mail, a phone or an identifier (5.8). */
  readonly searchScope: SearchScope;
  /** Whether a search looks into the company, too, as upstream's does. Default true. */
  readonly searchCompany: boolean;
  /** What `count` of a search is. Default `total`; newer servers count the page (livedesk-api.md 5.8). */
  readonly searchCount: 'total' | 'page';
  /** In which order contacts stand whose sort keys are equal. Default `per-page` (livedesk-api.md 5.8). */
  readonly ties: TieOrder;
  /** What several sort keys in one `sort` do. Default `several`: they all count, as upstream (livedesk-api.md 5.8). */
  readonly sortKeys: SortKeys;
  /** Whether a save copies city and country into columns of 255 characters. Default `on` (livedesk-api.md trap 39). */
  readonly syncedColumns: 'on' | 'off';
  /** The inboxes and their kinds. Default: 407 is a website, 523 an API channel (livedesk-api.md 6.20). */
  readonly inboxes: Inboxes;
  /** Whether a creation takes attributes; LiveDesk documents none for it. Default `taken`, as upstream does (3.2). */
  readonly createAttributes: 'taken' | 'dropped';
  /** Whether `POST contacts/filter` exists; LiveDesk documents none. Default false. */
  readonly filterContacts: boolean;
  /** Whether `POST contacts/:id/destroy_custom_attributes` exists; LiveDesk documents none. Default false. */
  readonly destroyAttributes: boolean;
  /** Whether every answer tells how much of the limit is left. Default false: LiveDesk documents no such header. */
  readonly limitHeaders: boolean;
}

/** Contacts that a search looks through: those of the list, all, or those that upstream calls leads (5.8). */
export const SEARCH_SCOPES = ['resolved', 'all', 'leads'] as const;
export type SearchScope = (typeof SEARCH_SCOPES)[number];

/** `sort=a,b` sorts by both, by the first alone, by none, or is refused: LiveDesk documents single keys. */
export const SORT_KEYS = ['several', 'first', 'ignored', 'refused'] as const;
export type SortKeys = (typeof SORT_KEYS)[number];

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
  phonePattern: 'unanchored',
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
  searchScope: 'resolved',
  searchCompany: true,
  searchCount: 'total',
  ties: 'per-page',
  sortKeys: 'several',
  syncedColumns: 'on',
  inboxes: DEFAULT_INBOXES,
  createAttributes: 'taken',
  filterContacts: false,
  destroyAttributes: false,
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
  /** How many made-up contacts, from the first on, one CSV import brought: they share `created_at`. A list: several imports. */
  readonly imported?: number | readonly number[];
  /** Contacts whose attributes are null, as in rows older than the columns' defaults (livedesk-api.md 6.21). */
  readonly nullAttributesOf?: readonly number[];
  /** Writes beyond this many are applied but not journalled. Default 2,000,000. */
  readonly journalLimit?: number;
  readonly clock?: Clock;
  /** Told of every request once it is over. Costs a second reading of its body. */
  readonly onRequest?: (seen: RequestSummary) => void;
}
