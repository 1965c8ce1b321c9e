import { isAbsolute, join, resolve } from 'node:path';
import { RunError } from '../core/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Directory of this program below the one where a system keeps what programs remember. */
const OURS = 'livedesk-contact-sync';

/** Where a probe of an account leaves what it found, and the contact while it is at work. */
export interface ProbeFiles {
  readonly dir: string;
  readonly findings: string;
  readonly savedContact: string;
}

/**
 * The files of a probe: below the state where there is one, else below `$XDG_STATE_HOME`, else `~/.local/state` or
 * `%LOCALAPPDATA%`. Throws `RunError` (2) where there is none of them.
 */
export function probeFiles(account: string, state: string | undefined, env: Env): ProbeFiles {
  const root = state === undefined ? ownRoot(env) : resolve(state);
  if (root === undefined) {
    throw new RunError(
      'ERR_PROBE_FILE',
      'nobody says where to keep what a probe finds: neither XDG_STATE_HOME nor HOME is set. Name a directory with --state DIR',
    );
  }
  return filesIn(root, account);
}

/** Where a run looks for what was found: beside its state, and where probes leave it that have none. */
export function findingsDirectories(account: string, state: string | undefined, env: Env): string[] {
  const roots = [state === undefined ? undefined : resolve(state), ownRoot(env)];
  return roots.flatMap((root) => (root === undefined ? [] : filesIn(root, account).findings));
}

// --- internal ---

function filesIn(root: string, account: string): ProbeFiles {
  // beside the state's own directory: that one is moved aside when it cannot be read
  const dir = join(root, `probe-${account}`);
  return { dir, findings: join(dir, 'findings.json'), savedContact: join(dir, 'saved-contact.json') };
}

function ownRoot(env: Env): string | undefined {
  const given = [env['XDG_STATE_HOME'], env['LOCALAPPDATA']].find((dir) => dir && isAbsolute(dir));
  if (given) return join(given, OURS);
  const home = env['HOME'];
  return home && isAbsolute(home) ? join(home, '.local', 'state', OURS) : undefined;
}
