import type { EmulatorReply } from './reply.ts';
import { html, json, plain, SERVER_ERROR } from './reply.ts';

/**
 * What can be made to go wrong with a request. Statuses are answered in place of the API, nothing is written;
 * `reset-before` hangs up before the write and `reset-after` once it is applied, as does the 504 of `504-after`;
 * `hang` never answers, `cut` ends in the middle of the body and `garbage` is 200 with half a JSON text, all three
 * after the write.
 */
export const FAULTS = [
  '401',
  '403',
  '408',
  '425',
  '500',
  '502',
  '503',
  '504',
  'reset-before',
  'reset-after',
  '504-after',
  'hang',
  'cut',
  'garbage',
] as const;
export type InjectedFault = (typeof FAULTS)[number];

/** The share of requests, 0 to 1, that each fault befalls. */
export type FaultShares = { readonly [F in InjectedFault]?: number };

/** What befalls the requests for one contact: in order, one each, or every one of them. */
export type ContactFaults = InjectedFault | readonly InjectedFault[];

/** The fault that a random number in [0, 1) falls on, or undefined. Shares over 1 together leave no request whole. */
export function drawFault(shares: FaultShares, random: number): InjectedFault | undefined {
  let upTo = 0;
  for (const fault of FAULTS) {
    upTo += shares[fault] ?? 0;
    if (random < upTo) return fault;
  }
  return undefined;
}

/** The answer given in place of the API's, for the faults that have one. */
export function faultReply(fault: InjectedFault): EmulatorReply | undefined {
  switch (fault) {
    case '401':
      return json(401, { error: 'Invalid Access Token' });
    case '403':
      return plain(403, 'Forbidden\n');
    case '408':
      return html(408, '408 Request Time-out');
    case '425':
      return html(425, '425 Too Early');
    case '500':
      return SERVER_ERROR;
    case '502':
      return html(502, '502 Bad Gateway');
    case '503':
      return html(503, '503 Service Temporarily Unavailable');
    case '504':
    case '504-after':
      return html(504, '504 Gateway Time-out');
    default:
      return undefined;
  }
}

/** Whether the API does its work before the fault shows. */
export function isAfterWrite(fault: InjectedFault): boolean {
  return (
    fault === 'reset-after' ||
    fault === '504-after' ||
    fault === 'hang' ||
    fault === 'cut' ||
    fault === 'garbage'
  );
}
