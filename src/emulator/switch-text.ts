import { RunError } from '../core/errors.ts';
import type { ContactFaults, FaultShares, InjectedFault } from './fault.ts';
import { FAULTS } from './fault.ts';
import { DEFAULT_INBOXES, INBOX_KINDS, type Inboxes, type InboxKind } from './inboxes.ts';
import type { Limit } from './throttle.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500/1s`, `60/m`, `150/1s:300` for a bucket that holds 300, `none`. @throws RunError `ERR_EMULATOR_OPTION`, as all of this file do. */
export function parseRequestLimit(option: string, text: string): Limit | null {
  if (text === 'none') return null;
  const [, requests, count = '', unit = '', burst] = /^(\d+)\/(\d*)(ms|s|m|h)(?::(\d+))?$/.exec(text) ?? [];
  const windowMs = Number(count || '1') * (UNIT_MS[unit] ?? 0);
  if (requests === undefined || windowMs === 0)
    throw wrong(option, 'like 500/1s, 3000/1m, 150/1s:300 or none');
  return { requests: Number(requests), windowMs, ...(burst === undefined ? {} : { burst: Number(burst) }) };
}

/** `20-200ms`, `50ms`, `1-2s`, `0`: the shortest and the longest in milliseconds. */
export function parseLatency(option: string, text: string): [number, number] {
  const [, from, to, unit] = /^(\d+)(?:-(\d+))?(ms|s)?$/.exec(text) ?? [];
  const factor = UNIT_MS[unit ?? 'ms'] ?? 1;
  const shortest = Number(from) * factor;
  const longest = to === undefined ? shortest : Number(to) * factor;
  if (!(shortest <= longest)) throw wrong(option, 'like 50ms or 20-200ms, the shortest first');
  return [shortest, longest];
}

/** `500=2%`, `reset-after=0.01`, each with the share of requests that it befalls. */
export function parseFaults(option: string, texts: readonly string[]): FaultShares {
  const shares: { [F in InjectedFault]?: number } = {};
  for (const text of texts) {
    const [, name, number, percent] = /^([\w-]+)=(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
    const share = Number(number) / (percent === '%' ? 100 : 1);
    if (name === undefined || !isFault(name) || share > 1) {
      throw wrong(option, `like 500=2% or reset-after=0.01, one of ${FAULTS.join(', ')}`);
    }
    shares[name] = share;
  }
  return shares;
}

/** `17=500,502` is one fault each for the next requests for contact 17, `17=403*` one for all of them. */
export function parseContactFaults(option: string, texts: readonly string[]): Record<string, ContactFaults> {
  const faults: Record<string, ContactFaults> = {};
  for (const text of texts) {
    const [, id, list = '', always] = /^(\d+)=([\w,-]+)(\*?)$/.exec(text) ?? [];
    const names = list.split(',');
    const [first] = names;
    if (id === undefined || !names.every(isFault) || (always === '*' && names.length > 1)) {
      throw wrong(option, `like 17=500,502 or 17=403*, of ${FAULTS.join(', ')}`);
    }
    faults[id] = always === '*' ? (first as InjectedFault) : (names as InjectedFault[]);
  }
  return faults;
}

/** `600=email` is an inbox with the id 600 that is a mail channel, beside the usual ones or in place of one. */
export function parseInboxes(option: string, texts: readonly string[]): Inboxes {
  const inboxes: Record<string, InboxKind> = { ...DEFAULT_INBOXES };
  for (const text of texts) {
    const [, id, name] = /^(\d+)=(\w+)$/.exec(text) ?? [];
    const kind = INBOX_KINDS.find((one) => one === name);
    if (id === undefined || kind === undefined)
      throw wrong(option, `like 600=email, of ${INBOX_KINDS.join(', ')}`);
    inboxes[id] = kind;
  }
  return inboxes;
}

function isFault(name: string): name is InjectedFault {
  return FAULTS.some((fault) => fault === name);
}

function wrong(option: string, expected: string): RunError {
  return new RunError('ERR_EMULATOR_OPTION', `--${option}: expected something ${expected}`);
}
