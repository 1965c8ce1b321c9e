import { dirname } from 'node:path';
import { learnedRateFile } from '../../../account/learned-rate.ts';
import { type Client, openClient } from '../../../client/client.ts';
import { HealthCheck } from '../../../client/resilience/health-check.ts';
import type { KeyedQueue } from '../../../core/keyed-queue.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { WaitingRows } from '../pipeline/waiting-rows.ts';
import type { Plan } from '../plan/plan.ts';

/** The client of a run, and the contacts that can tell whether the API is alive. */
export interface RunClient extends AsyncDisposable {
  readonly client: Client;
  readonly healthCheck: HealthCheck;
}

export interface RunClientOptions {
  readonly meter: Meter;
  /** A contact is asked in its lane, so that no row of it is under way meanwhile. */
  readonly lanes: KeyedQueue;
  readonly waitingRows: WaitingRows;
  /** Rows that are being looked up or delivered, or wait to be. */
  readonly rowsUnderWay: () => number;
}

/** Opens the one way to the API for a run: rate limiter, circuit breaker, HTTP. */
export async function openRunClient(
  { options, dir, account, credentials, workers, answeredBefore = [] }: Plan,
  { meter, lanes, waitingRows, rowsUnderWay }: RunClientOptions,
  context: RunContext,
): Promise<RunClient> {
  const healthCheck = new HealthCheck({
    lanes,
    send: (...asked) => client.send(...asked),
    earlier: answeredBefore,
  });
  const client: Client = await openClient(
    {
      baseUrl: options.baseUrl,
      credentials,
      rate: options.rate,
      maxRate: options.maxRate,
      memory: learnedRateFile(dirname(dir), account),
      workers,
      concurrency: options.concurrency,
      timeoutMs: options.timeoutMs,
      outageBudgetMs: options.outageBudgetMs,
      isReadOnly: options.dryRun,
      // a row that has something to write shows more than an empty write, which a dry run may not send either
      callWrite: (rowsFailing) =>
        waitingRows.startLast() || rowsUnderWay() > rowsFailing || (!options.dryRun && healthCheck.ask()),
      meter,
    },
    context,
  );
  return {
    client,
    healthCheck,
    async [Symbol.asyncDispose]() {
      client.close();
    },
  };
}
