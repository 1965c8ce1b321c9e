import { join, resolve } from 'node:path';
import { accountBehind } from '../../account/rotated-keys.ts';
import { openAccountSession } from '../../coordination/account-session.ts';
import { readWorkersAddress } from '../../coordination/workers.ts';
import { LIVEDESK_URL } from '../../core/base-url.ts';
import { accountOf, requireCredentials } from '../../core/credentials.ts';
import { RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shownPath } from '../../core/shell-text.ts';
import { printJson, printText } from '../../core/shown-text.ts';
import { DEFAULT_STATE, RUNS_ROOT } from '../../journal/run-directory.ts';
import { faultOfDefaultState } from '../../state/default-state.ts';
import { openCommandContext } from '../command-context.ts';
import { pullAccount } from '../pull-account.ts';
import { pullText } from '../pull-summary.ts';
import type { PullOptions } from './pull-options.ts';

/** Reads the contacts of the account into the state and writes a summary. Gives the exit code. */
export async function pullContacts(options: PullOptions, host: Host): Promise<number> {
  using context = await openCommandContext(options, host, {
    draining: 'pages that are being read are cut',
    left: () => 'the state keeps what was read; the same pull goes on from there',
  });
  const credentials = requireCredentials(host.env);
  const address = readWorkersAddress(host.env, options.rate);
  const baseUrl = options.baseUrl ?? LIVEDESK_URL;
  const dir = stateOf(options);
  const account = accountBehind(accountOf(baseUrl, credentials.apiKey), [dir]);
  await using session = await openAccountSession(
    {
      account,
      dir: join(dir, account),
      roots: [dir],
      isReadOnly: false,
      waitLockMs: options.waitLockMs,
      workers: address,
      pid: host.pid,
      uid: host.uid,
    },
    context,
  );
  const { workers } = session;
  const root = resolve(RUNS_ROOT);
  const own = dir === resolve(DEFAULT_STATE) ? root : undefined;
  const pull = { options, baseUrl, account, dir, credentials, workers, roots: [root], own };
  const summary = await pullAccount(pull, host, context);
  if (options.json) printJson(host.stdout, summary);
  else printText(host.stdout, pullText(summary));
  return summary.exit_code;
}

// --- internal ---

/** The absolute directory of the state. Throws `RunError` (2) where one that was not named cannot be there. */
function stateOf({ state = DEFAULT_STATE }: PullOptions): string {
  const dir = resolve(state);
  const fault = state === DEFAULT_STATE ? faultOfDefaultState(dir) : undefined;
  if (fault === undefined) return dir;
  throw new RunError(
    'ERR_STATE',
    `there can be no state in ${shownPath(dir)} (${fault}): name a directory on a local disk with --state`,
  );
}
