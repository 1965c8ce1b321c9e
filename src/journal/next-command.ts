import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LIVEDESK_URL } from '../core/base-url.ts';
import { shardText } from '../core/shard.ts';
import { shellWord, shownPath } from '../core/shell-text.ts';
import type { StopReason } from '../core/shutdown.ts';
import type { RunLine } from './journal-lines.ts';
import { FILES } from './run-directory.ts';

/** What is left to do after a run, as far as the next command depends on it. */
export interface Leftover {
  readonly header: RunLine;
  /** Absolute. */
  readonly dir: string;
  readonly reason: StopReason | undefined;
  readonly pending: number;
  /** Rows that ended badly. */
  readonly bad: number;
  /** Names of the rejects files that hold something. */
  readonly rejects: readonly string[];
  /** Whether rows or mapping come from a program, so that no command can go on. */
  readonly isOfProgram?: boolean;
  /** Whether the inputs can be read again. */
  readonly isResumable: boolean;
  /** Whether the run ended because of its `--limit`. */
  readonly isCanary: boolean;
  /** What `LIVEDESK_BASE_URL` says: commands need not repeat it. */
  readonly baseUrlInEnvironment: string | undefined;
}

/** Reasons that lie in the input itself: going on would meet the same fault. */
export const INPUT_FAULTS: ReadonlySet<string> = new Set(['ERR_INPUT', 'ERR_INPUT_CHANGED']);

/** The command to type next, ready to be pasted, with a word of why where it needs one. Undefined if all is done. */
export function nextCommand(leftover: Leftover): string | undefined {
  const { dir, reason, rejects, isResumable, header } = leftover;
  if (leftover.isOfProgram) return undefined;
  const { whole, again } = commandsOf(leftover);
  const resume = `livedesk-sync run --resume ${shellWord(shownPath(dir))}`;
  const code = reason?.kind === 'error' ? reason.error.code : undefined;
  if (code !== undefined && INPUT_FAULTS.has(code)) return `mend the input and begin a new run: ${whole}`;
  if (code === 'ERR_MAX_CHANGES') return `look at the changes: ${whole} --dry-run`;
  if (reason || leftover.pending > 0) {
    if (!existsSync(join(dir, FILES.journal))) return `begin a new run: ${whole}`;
    if (isResumable) return resume;
    return `begin a new run, since the input was a pipe of which no copy was kept: ${whole} --spool`;
  }
  const ways: string[] = [];
  if (leftover.bad > 0) {
    const files = rejects.filter((file) => file !== FILES.unreadable);
    if (files.length > 0) ways.push(`correct ${files.join(', ')} and send it: ${again(files)}`);
    if (isResumable && !header.dry_run) {
      const retry = `livedesk-sync run --retry ${shellWord(shownPath(dir))}`;
      ways.push(files.length > 0 ? `or send the bad rows again as they are: ${retry}` : retry);
    }
    if (ways.length === 0) ways.push(`correct ${FILES.unreadable} by hand, or begin a new run: ${whole}`);
  }
  if (leftover.isCanary && isResumable) {
    const rest = `${resume} --limit all`;
    // first, since going on is refused once a retry has delivered newer data
    ways.unshift(ways.length > 0 ? `the rest of the input: ${rest}` : rest);
  }
  // a retry is no shard's run: nothing of it is merged
  if (header.shard && !header.parent_run && !leftover.isCanary) {
    ways.unshift(
      `once all ${header.shard.of} shards are done, join their runs: livedesk-sync merge ${shellWord(shownPath(dir))} and the others`,
    );
  }
  return ways.length > 0 ? ways.join(`\n${' '.repeat(9)}`) : undefined;
}

// --- internal ---

function commandsOf({ header, dir, baseUrlInEnvironment }: Leftover) {
  const url = header.base_url;
  const isSaid = url === (baseUrlInEnvironment ?? LIVEDESK_URL);
  const mapping = `-m ${shellWord(shownPath(join(dir, FILES.mapping)))}`;
  const command = (inputs: readonly string[]): string =>
    ['livedesk-sync run', ...inputs.map(shellWord), mapping, ...(isSaid ? [] : ['--base-url', url])].join(
      ' ',
    );
  const share = header.shard ? ` --shard ${shardText(header.shard)}` : '';
  return {
    /** The same inputs once more. */
    whole: command(header.inputs.map(({ name }) => name)) + share,
    /** Files of the run directory as inputs. */
    again: (files: readonly string[]) => command(files.map((file) => shownPath(join(dir, file)))),
  };
}
