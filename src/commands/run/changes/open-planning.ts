import { join } from 'node:path';
import type { RunContext } from '../../../core/run-context.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { ListReading } from '../../../journal/summary.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { WriterStage } from '../stages/stage-types.ts';
import { type ContactPlannerOptions, createContactPlanner } from './contact-planner.ts';
import { ListedContacts } from './listed-contacts.ts';
import { PlannedChanges } from './planned-changes.ts';
import { SeenContacts } from './seen-contacts.ts';
import { REQUESTS_A_LINE, type WritePlanOptions, writePlan } from './write-plan.ts';

/** What takes the place of writing in a run that only plans or checks. */
export interface Planning extends Disposable {
  readonly planned: PlannedChanges;
  /** What pages of the list showed, in the place of a request for each contact. */
  readonly listed: ListedContacts;
  /** The account was seen to hold this contact. */
  saw(contact: JsonObject): void;
  writerFor(
    options: Omit<ContactPlannerOptions, 'planned' | 'seen' | 'listed' | 'inputs' | 'onMade' | 'onRead'>,
  ): WriterStage;
  /** Every row has its outcome: writes the plan. */
  finish(options: Pick<WritePlanOptions, 'tally' | 'hasState' | 'requests' | 'allowed'>): void;
  /** What the user should know of the plan. */
  readonly notes: readonly string[];
  /** Requests that applying the plan takes, and those among them that only read. */
  readonly forecast: { readonly plannedRequests: number; readonly plannedReads: number };
  /** How contacts were read so far; undefined where each took a request of its own. */
  readonly reading: ListReading | undefined;
}

/** Opens what a plan, or the check of one, needs beside the stages of a run. */
export function openPlanning(plan: Plan, context: RunContext): Planning {
  const seen = new SeenContacts(context.clock);
  const planned = new PlannedChanges(join(plan.dir, PART));
  const listed = new ListedContacts(join(plan.dir, LISTED));
  const { clock } = context;
  let contacts = 0;
  let made = 0;
  let reads = 0;
  const readingSoFar = (): ListReading | undefined =>
    listed.requests === 0 ? undefined : { list_requests: listed.requests, single_reads: reads };
  return {
    planned,
    listed,
    saw: (contact) => seen.saw(contact),
    writerFor(options) {
      const inputs = plan.reading.sources.length;
      const onMade = (): void => {
        made += 1;
      };
      const onRead = (): void => {
        reads += 1;
      };
      return createContactPlanner({ ...options, planned, seen, listed, inputs, onMade, onRead }, context);
    },
    finish(options) {
      if (plan.options.command !== 'plan') return;
      contacts = writePlan({ ...options, plan, planned, reading: readingSoFar(), now: clock.now() });
    },
    get notes() {
      return made > 0 ? [notInPlan(made)] : [];
    },
    get forecast() {
      return { plannedRequests: contacts * REQUESTS_A_LINE, plannedReads: contacts };
    },
    get reading() {
      return readingSoFar();
    },
    [Symbol.dispose]() {
      planned[Symbol.dispose]();
      listed[Symbol.dispose]();
    },
  };
}

// --- internal ---

function notInPlan(rows: number): string {
  return `${plural(rows, 'row')} would make a contact: ${rows === 1 ? 'it is' : 'they are'} no part of plan.jsonl, since only a run makes contacts`;
}

/** Where the changes of a plan stand while it is made. */
const PART = 'plan.part';
/** Where contacts stand that pages of the list showed. */
const LISTED = 'listed.part';
