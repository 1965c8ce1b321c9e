import { spawn } from 'node:child_process';
import type { Host } from '../../core/host.ts';

/** What a shell ends with if there is no such program. */
const NOT_FOUND = 127;

/**
 * Shows a text: by the pager, if it is longer than the terminal and somebody sits at it, else as it is. The pager is
 * what PAGER names (`PAGER=cat`, or nothing, is none), else less. One that is not there costs nothing.
 */
export async function showText(text: string, host: Host): Promise<void> {
  const pager = host.env['PAGER'] ?? 'less';
  const isAtTerminal = host.stdout.isTTY === true && host.stdin.isTTY === true && host.env['TERM'] !== 'dumb';
  const isLong = text.split('\n').length > (host.stdout.rows ?? Number.POSITIVE_INFINITY);
  if (isAtTerminal && isLong && pager.trim() !== '' && (await isPaged(text, pager, host))) return;
  host.stdout.write(text);
}

// --- internal ---

/** Runs the pager until its reader has seen enough; false where there is none. */
function isPaged(text: string, pager: string, host: Host): Promise<boolean> {
  // the pager takes signals for its own, such as one that ends a search
  const stopListening = host.onSignal(() => {});
  return new Promise<boolean>((resolve) => {
    const child = spawn(pager, {
      shell: true,
      stdio: ['pipe', host.stdout, host.env['PAGER'] === undefined ? 'ignore' : 'inherit'],
      // as git does: colours, no page for what fits on the screen, and the text stays there afterwards
      env: { LESS: 'FRX', ...host.env },
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code !== NOT_FOUND));
    // who has seen enough does not read to the end
    child.stdin?.on('error', () => {});
    child.stdin?.end(text);
  }).finally(stopListening);
}
