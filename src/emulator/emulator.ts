import type { JsonObject } from '../core/types.ts';
import type { Arrivals } from './arrivals.ts';
import { checkOptions } from './check-options.ts';
import { renderContact } from './contact.ts';
import { control, isControl } from './control.ts';
import type { JournalEntry } from './journal.ts';
import type { Listener } from './listener.ts';
import { listen } from './listener.ts';
import { LiveDesk } from './live-desk.ts';
import type { EmulatorOptions, Switches } from './options.ts';
import { serve } from './serve.ts';
import type { Stats } from './tally.ts';
import type { Limit } from './throttle.ts';

/** All requests: iterable, by place, and the busiest window among them. */
export type RequestLog = Pick<Arrivals, 'length' | 'at' | 'peak' | typeof Symbol.iterator>;

/** A LiveDesk that listens on a port of this machine. */
export interface Emulator {
  /** Base URL without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Applied writes in order. */
  readonly journal: readonly JournalEntry[];
  /** Requests in order of arrival. */
  readonly requests: RequestLog;
  /** The contact as it is stored, rendered whole; undefined when there is none. */
  contact(id: number): JsonObject | undefined;
  /** Changes a contact as an agent does in the dashboard, journalled as such. @throws Error for an unknown id. */
  edit(id: number, patch: JsonObject): void;
  /** Deletes a contact as an agent does; its id answers 404 from then on. @throws Error for an unknown id. */
  remove(id: number): void;
  stats(): Stats;
  /** Drops every connection and every request from now on, uncounted, until set back. */
  setDown(isDown: boolean): void;
  setLimit(limit: Limit | null): void;
  /** @throws RunError `ERR_EMULATOR_SWITCH` for a value that a switch does not take. */
  set(switches: Partial<Switches>): void;
  /** Empties journal, requests and counters; contacts stay as they are. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts an emulator on a loopback address. @throws RunError for a wrong option or a port that is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const host = options.host ?? '127.0.0.1';
  const desk = new LiveDesk(options);
  const listener = await listen(host, options.port ?? 0, (request, response) => {
    if (isControl(request.url)) control(desk, listener, request, response);
    else if (desk.switches.down) request.socket.destroy();
    else serve(desk, request, response);
  });
  return handleOf(desk, listener, host);
}

function handleOf(desk: LiveDesk, listener: Listener, host: string): Emulator {
  const set = (switches: Partial<Switches>) => {
    desk.set(switches);
    if (switches.down) listener.drop();
  };
  const mustExist = (id: number, didExist: boolean) => {
    if (!didExist) throw new Error(`the emulator has no contact ${id}`);
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`,
    port: listener.port,
    journal: desk.journal.entries,
    requests: desk.arrivals,
    contact(id) {
      const contact = desk.store.get(id);
      return contact && JSON.parse(renderContact(contact, true));
    },
    edit: (id, patch) => mustExist(id, desk.api.edit(id, patch, desk.now())),
    remove: (id) => mustExist(id, desk.api.remove(id, desk.now())),
    stats: () => desk.stats(listener.connections()),
    setDown: (down) => set({ down }),
    setLimit: (limit) => set({ limit }),
    set,
    reset: () => desk.reset(),
    close: () => listener.close(),
  };
}
