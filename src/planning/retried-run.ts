import { join } from 'node:path';
import { RunError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { hashFile } from '../results/hash-file.ts';
import { foldJournal } from '../results/read-journal.ts';
import { createRunDirectory, FILES } from '../results/run-directory.ts';
import type { RunOptions } from '../run-options.ts';
import { shownPath } from '../shown-path.ts';
import type { BadRow, Row } from '../types.ts';
import { earlierReading, refuseOlderData, requireSameContent } from './earlier.ts';
import { type Common, type Draft, draft, type Open } from './plan.ts';
import { lineage, supersession } from './supersession.ts';

/** A new run over the bad rows of another. */
export async function retryRun(
  parentDir: string,
  newDir: string,
  options: RunOptions,
  common: Common,
  open: Open,
  log: Logger,
): Promise<Draft> {
  const parent = await foldJournal(parentDir);
  const { header } = parent;
  if (parent.bad.size === 0) {
    throw new RunError(
      'ERR_NOTHING_TO_RETRY',
      `${shownPath(parentDir)} has no bad rows; go on with it by --resume ${shownPath(parentDir)}`,
    );
  }
  if (!options.olderData) await refuseOlderData(parentDir, header, '--retry');
  for (const { file, sha256 } of parent.end?.summary.rejects ?? []) {
    if (sha256 === (await hashFile(join(parentDir, file)))) continue;
    log.warn(
      `${shownPath(join(parentDir, file))} was edited since the run, but --retry reads the original inputs. ` +
        `To send the corrections: livedesk-sync run ${shownPath(join(parentDir, file))} -m ${shownPath(join(parentDir, FILES.mapping))}`,
    );
  }
  const wanted = earlierReading(parentDir, header, options);
  const reading = await open(wanted);
  requireSameContent(header, reading, parentDir);
  const claim = (row: Row | BadRow) => (parent.bad.has(row.input, row.row) ? 'ours' : 'foreign');
  return {
    ...draft(createRunDirectory(newDir), reading, options, common, open),
    parent: { run_id: header.run_id, dir: parentDir },
    claim,
    withoutSuperseded: await supersession(await lineage(parentDir), claim, () => open(wanted)),
  };
}
