import type { Answer, ApiRequest, Attempt } from './reply.ts';

/** Called with a request and the answer to it, whatever the answer means. */
export type OnAnswer = (request: ApiRequest, answer: Answer) => void;

/** The same attempt, with a function that is called with each answer. */
export function observe(attempt: Attempt, onAnswer: OnAnswer | undefined): Attempt {
  if (!onAnswer) return attempt;
  return async (request) => {
    const reply = await attempt(request);
    if (reply.kind === 'answer') onAnswer(request, reply);
    return reply;
  };
}
