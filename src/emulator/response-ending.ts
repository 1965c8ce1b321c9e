import type { InjectedFault } from './fault.ts';
import { faultReply, isAfterWrite } from './fault.ts';
import type { EmulatorReply } from './reply.ts';

/** How a request ends: a reply, half of one on a broken connection, no answer ever, or the connection dropped. */
export type ResponseEnding =
  | { readonly how: 'reply' | 'half'; readonly reply: EmulatorReply }
  | { readonly how: 'hang' | 'hang-up' };

export const HANG_UP: ResponseEnding = { how: 'hang-up' };

/** An ending that is a plain reply. */
export function replyWith(reply: EmulatorReply): ResponseEnding {
  return { how: 'reply', reply };
}

/** The ending that a fault gives a request before the API does anything; undefined when it lets the API work. */
export function endingBefore(fault: InjectedFault | undefined): ResponseEnding | undefined {
  if (fault === undefined || isAfterWrite(fault)) return undefined;
  const reply = faultReply(fault);
  return reply ? replyWith(reply) : HANG_UP;
}

/** The ending of a request that the API answered. */
export function endingAfter(fault: InjectedFault | undefined, answer: EmulatorReply): ResponseEnding {
  switch (fault) {
    case undefined:
      return replyWith(answer);
    case 'hang':
      return { how: 'hang' };
    case 'cut':
      return { how: 'half', reply: answer };
    case 'garbage':
      return replyWith({ ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    default: {
      const reply = faultReply(fault);
      return reply ? replyWith(reply) : HANG_UP;
    }
  }
}
