import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { systemClock } from '../core/clock.ts';
import type { Host } from '../core/host.ts';
import type { GivenRows } from '../core/types.ts';
import { linesOf } from '../input/program-rows.ts';

/** What stands in for the process where a program uses the library: no streams, no signals, and `env` alone of its environment. */
export function libraryHost(env: Host['env'], rows: GivenRows | undefined): Host {
  const uid = uidOfUser();
  return {
    ...(uid === undefined ? {} : { uid }),
    runtime: '',
    env,
    // read by `spool` alone
    stdin: Readable.from(rows ? linesOf(rows) : []),
    ...(rows ? { rows } : {}),
    stdout: nowhere(),
    stderr: nowhere(),
    clock: systemClock,
    onSignal: () => () => undefined,
  };
}

// --- internal ---

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** The same as the command line has it: the lock of an account is one for both. */
function uidOfUser(): number | undefined {
  let uid: number | undefined;
  try {
    uid = userInfo().uid;
  } catch {
    // a user without a name, as containers have them
    uid = statSync('/proc/self', { throwIfNoEntry: false })?.uid;
  }
  return uid === undefined || uid < 0 ? undefined : uid;
}
