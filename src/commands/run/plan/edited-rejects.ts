import { renameSync } from 'node:fs';
import { extname, join } from 'node:path';
import { commandText } from '../../../core/command-text.ts';
import type { Logger } from '../../../core/logger.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { runName } from '../../../journal/find-run.ts';
import { hashFile } from '../../../journal/hash-file.ts';
import type { Fold } from '../../../journal/read-journal.ts';
import type { Summary } from '../../../journal/summary.ts';

/** Says which rejects files were corrected since the run ended: a retry reads the original inputs, not them. */
export async function warnOfEditedRejects(dir: string, { end }: Fold, log: Logger): Promise<void> {
  for (const file of await editedSince(dir, end?.summary.rejects)) {
    log.warn(
      `${shownPath(join(dir, file))} was edited since the run, but --retry reads the original inputs. ` +
        `To send the corrections: ${sendCorrected(dir)}`,
    );
  }
}

/** Renames files of rejects and missing rows that a person edited since the run stopped: a resumed run appends to those names. */
export async function keepEditedRejects(dir: string, { end }: Fold, log: Logger): Promise<void> {
  const keep = (file: string): string => {
    const extension = extname(file);
    const kept = `${file.slice(0, -extension.length)}.edited-${Date.parse(end?.summary.ended_at ?? '') || 0}${extension}`;
    renameSync(join(dir, file), join(dir, kept));
    return `${shownPath(join(dir, file))} was edited since the run stopped: it is now ${kept}.`;
  };
  for (const file of await editedSince(dir, end?.summary.rejects)) {
    log.warn(`${keep(file)} To send the corrections: ${sendCorrected(dir)}`);
  }
  for (const file of await editedSince(dir, end?.summary.missing)) log.warn(keep(file));
}

// --- internal ---

/** Only a run that ended by itself tells what its files of rows were like. A file that was removed was not edited. */
async function editedSince(dir: string, files: Summary['rejects'] = []): Promise<string[]> {
  const edited: string[] = [];
  for (const { file, sha256 } of files) {
    const now = await hashFile(join(dir, file));
    if (now !== undefined && now !== sha256) edited.push(file);
  }
  return edited;
}

function sendCorrected(dir: string): string {
  return commandText('run', [], { retry: runName(dir), corrected: true });
}
