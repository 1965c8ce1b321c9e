import type { Answer, ApiRequest, Attempt } from './reply.ts';

/** Told of a request and the answer to it, whatever the answer means. */
export type OnAnswer = (request: ApiRequest, answer: Answer) => void;

/** The same attempt, with somebody who looks at the answers. */
export function observe(attempt: Attempt, onAnswer: OnAnswer | undefined): Attempt {
  if (!onAnswer) return attempt;
  return async (request) => {
    const reply = await attempt(request);
    if (reply.kind === 'answer') onAnswer(request, reply);
    return reply;
  };
}
