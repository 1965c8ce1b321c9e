import type { Attempt } from './reply.ts';

/** Codes of faults for want of file descriptors: of this process, of the machine. */
const OUT_OF_FILES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/**
 * Takes a connection that could not be made for want of file descriptors for what it is: neither the row's fault nor
 * an outage, but the end of the run. The attempt counts as cut, so that its row stays pending.
 */
export function watchExhaustion(attempt: Attempt, onExhausted: (code: string) => void): Attempt {
  return async (request) => {
    const reply = await attempt(request);
    if (reply.kind !== 'fault' || !OUT_OF_FILES.has(reply.code)) return reply;
    onExhausted(reply.code);
    return { kind: 'cut' };
  };
}
