import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../core/write-atomic.ts';

/**
 * Which state the newest process had that sent to an account from a folder of runs. A process without a state, or with
 * another one, sends what a state cannot know, so whatever sends leaves its name, and a state that finds another name there
 * counts all that it knows as outdated.
 */
export function wasSentByOthers(
  roots: readonly string[],
  account: string,
  stateId: string | undefined,
): boolean {
  return roots.some((root) => {
    const last = readSender(root, account);
    return last !== undefined && last !== stateId;
  });
}

/**
 * Notes that a process is about to send to the account: in its `own` folder of runs, and in the other ones from which the
 * account has been sent to. `stateId` is undefined for a process without a state. Throws what the file system says where
 * that cannot be written.
 */
export function noteSender(
  { own, roots }: { readonly own: string | undefined; readonly roots: readonly string[] },
  account: string,
  stateId: string | undefined,
): void {
  for (const root of roots) {
    if (root !== own && readSender(root, account) === undefined) continue;
    const id = stateId ?? null;
    if (readSender(root, account) === id) continue;
    // the first request may be on its way when the power fails
    writeAtomic(fileOf(root, account), `${JSON.stringify({ state_id: id })}\n`, { durable: true });
  }
}

// --- internal ---

/** Null: a process without a state. Undefined: none sent anything. A file that cannot be read may hide either. */
function readSender(root: string, account: string): string | null | undefined {
  const file = fileOf(root, account);
  if (!existsSync(file)) return undefined;
  try {
    const sender: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const id: unknown =
      typeof sender === 'object' && sender !== null ? Reflect.get(sender, 'state_id') : undefined;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

function fileOf(root: string, account: string): string {
  return join(root, `.${account}.sender.json`);
}
