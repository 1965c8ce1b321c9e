import { type PipelineCounts, type RunRows, runPipeline } from '../../src/commands/run/pipeline/pipeline.ts';
import { WaitingRows } from '../../src/commands/run/pipeline/waiting-rows.ts';
import { NO_JOURNEY } from '../../src/commands/run/stages/key-journey.ts';
import type { Stages } from '../../src/commands/run/stages/stage-types.ts';
import { KeyedQueue } from '../../src/core/keyed-queue.ts';
import { Shutdown } from '../../src/core/shutdown.ts';

/** The parts of a pipeline, side by side, so that a test names only those that it is about. */
export interface PipelineParts {
  readonly sources: RunRows['sources'];
  readonly claim: RunRows['claim'];
  readonly map: Stages['mapper']['map'];
  readonly unchanged: Stages['changes']['unchanged'];
  readonly prepare: Stages['changes']['prepare'];
  readonly isOneKey: boolean;
  readonly findKnown: Stages['resolver']['known'];
  readonly find: Stages['resolver']['resolve'];
  readonly create: Stages['writer']['create'];
  readonly deliver: Stages['writer']['update'];
  readonly onIdle: () => void;
  readonly record: Stages['outcomes']['record'];
  readonly written: () => Promise<void>;
  readonly room: () => Promise<void>;
  readonly lanes: KeyedQueue;
  readonly waitingRows: WaitingRows;
  readonly concurrency: number;
  readonly limit: number;
  readonly dryRun: boolean;
  readonly stop: Shutdown;
}

/** Parts for which a test has no wish: rows go nowhere, but they go. */
export function defaultParts(): Omit<PipelineParts, 'sources' | 'map' | 'deliver' | 'record'> {
  return {
    claim: () => 'ours',
    unchanged: () => undefined,
    prepare: (_row, patch) => ({ kind: 'send', patch, isReadFirst: false }),
    isOneKey: true,
    findKnown: () => undefined,
    find: async () => ({ kind: 'create' }),
    create: async () => 'pending',
    onIdle: () => {},
    written: async () => {},
    room: async () => {},
    lanes: new KeyedQueue(),
    waitingRows: new WaitingRows(),
    concurrency: 5,
    limit: Number.POSITIVE_INFINITY,
    dryRun: false,
    stop: new Shutdown(),
  };
}

/** Runs a pipeline over loose parts. */
export function runParts(parts: PipelineParts, counts: PipelineCounts): Promise<void> {
  const stages: Stages = {
    mapper: { map: parts.map },
    changes: { unchanged: parts.unchanged, prepare: parts.prepare, room: async () => {} },
    resolver: {
      isOneKey: parts.isOneKey,
      depart: () => NO_JOURNEY,
      known: parts.findKnown,
      resolve: parts.find,
    },
    writer: {
      announce() {},
      withdraw() {},
      update: parts.deliver,
      create: parts.create,
      releaseHeld: parts.onIdle,
    },
    outcomes: { record: parts.record, flushed: parts.written, room: parts.room },
  };
  return runPipeline({ sources: parts.sources, claim: parts.claim }, stages, parts, counts);
}
