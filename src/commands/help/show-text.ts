import { spawn } from 'node:child_process';
import type { Host } from '../../core/host.ts';

/** What a shell ends with if there is no such program. */
const NOT_FOUND = 127;

/**
 * Shows a text in the pager if it is longer than the screen and both keyboard and screen are a terminal, else writes it
 * as it is. The pager is the command in PAGER (an empty one turns it off), else less. Where the shell does not find the
 * pager, the text is written as it is.
 */
export async function showText(text: string, host: Host): Promise<void> {
  const pager = host.env['PAGER'] ?? 'less';
  const isAtTerminal = host.stdout.isTTY === true && host.stdin.isTTY === true && host.env['TERM'] !== 'dumb';
  const isLong = text.split('\n').length > (host.stdout.rows ?? Number.POSITIVE_INFINITY);
  if (isAtTerminal && isLong && pager.trim() !== '' && (await isPaged(text, pager, host))) return;
  host.stdout.write(text);
}

// --- internal ---

/** Runs the pager until the user quits it; resolves to false if the shell does not find it. */
function isPaged(text: string, pager: string, host: Host): Promise<boolean> {
  // Ctrl-C goes to the pager as well, where it ends a search: it must not end this process meanwhile
  const stopListening = host.onSignal(() => {});
  return new Promise<boolean>((resolve) => {
    const child = spawn(pager, {
      shell: true,
      stdio: ['pipe', host.stdout, host.env['PAGER'] === undefined ? 'ignore' : 'inherit'],
      // as git does: show colours, quit at once if the text fits on the screen, leave the text there afterwards
      env: { LESS: 'FRX', ...host.env },
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code !== NOT_FOUND));
    // a pager that is quit early does not read to the end
    child.stdin?.on('error', () => {});
    child.stdin?.end(text);
  }).finally(stopListening);
}
