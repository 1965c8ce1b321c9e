/** One HTTP request to the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** Path and query below the base URL, e.g. `/api/v2/accounts/contacts/318763`. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  /** Whether a request that is no GET changes nothing either. */
  readonly isRead?: boolean;
}

/** The server answered; any status. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
  /** Whether the body is the beginning of a longer one. */
  readonly isCut?: boolean;
}

/** No answer came: refused, reset, timed out, unresolvable. */
export interface NetworkFault {
  readonly kind: 'fault';
  /** System code such as `ECONNRESET`, or `ETIMEDOUT` for our own time-out. */
  readonly code: string;
}

/** The attempt was cut by us, because the run stops. */
export interface Cut {
  readonly kind: 'cut';
}

export type Reply = Answer | NetworkFault | Cut;

/** Makes one HTTP request. Never throws for what the network or the server does. */
export type Attempt = (request: ApiRequest) => Promise<Reply>;
