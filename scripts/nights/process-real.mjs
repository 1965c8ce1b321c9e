// @ts-check
import { join } from 'node:path';
import { runWorker } from '../torture/worker.mjs';

/**
 * Runs the built program in processes of their own, ended by signals that come by the count of requests at the server.
 * @param {string} checkout where it was built
 * @returns {(args: readonly string[], how: { env: Record<string, string>, clockMs: number, end?: import('./plan.mjs').End | undefined, during?: { readonly n: number, readonly act: () => void } | undefined, requests: () => number }) => Promise<import('./process-here.mjs').Ended>}
 */
export function realProgram(checkout) {
  return async (args, { env, end, during, requests }) => {
    let isEdited = false;
    const from = requests();
    const watched = () => {
      const count = requests() - from;
      if (during && count >= during.n && !isEdited) {
        isEdited = true;
        during.act();
      }
      return count;
    };
    const isSignal = end && end.kind !== 'full';
    const moment = end?.at === 'journal' ? { ms: 120 + 60 * end.n } : { writes: end?.n ?? 0 };
    const { code, signal, stdout, stderr, signalled } = await runWorker(
      join(checkout, 'dist/main.js'),
      args,
      isSignal
        ? { signal: end.kind === 'kill' ? 'SIGKILL' : 'SIGTERM', moment, writes: watched }
        : during && { signal: 'SIGTERM', moment: { writes: Number.POSITIVE_INFINITY }, writes: watched },
      env,
    );
    const isFull = code === 3 && /no space left|ENOSPC/.test(stdout + stderr);
    const isKilled = signal !== null;
    return {
      code: isKilled ? undefined : (code ?? undefined),
      isCut: isKilled || isFull,
      wasEnded: signalled || isFull,
      stdout,
      stderr,
    };
  };
}
