import { RunError } from '../../../core/errors.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { hasOrigins } from '../../../input/row-origin.ts';
import { readChangeFile, readChangesHeader } from '../../../journal/change-file.ts';
import type { RunInputs } from '../plan/open-inputs.ts';

/** The account that the run sends the changes to; undefined where a resumed run was checked when it began. */
export interface ChangesSender {
  readonly account: string | undefined;
  readonly baseUrl: string;
  /** Whether another API key of the same account is expected. */
  readonly sameAccount: boolean;
}

/**
 * Reads files of change lines to their end, before anything is sent. Throws `ERR_PLAN` (exit 2), with the line, for one that
 * was edited or cut, and `ERR_OTHER_ACCOUNT` for one of another account. Rejects that were corrected are meant to be edited.
 */
export async function verifyChanges({ mapping, sources }: RunInputs, sender: ChangesSender): Promise<void> {
  if (!mapping.changes) return;
  for (const { shape } of sources) {
    if (hasOrigins(shape)) continue;
    const header = await readChangesHeader(shape.name);
    const isRotated = sender.sameAccount && header.base_url === sender.baseUrl;
    if (sender.account !== undefined && header.account !== sender.account && !isRotated) {
      throw new RunError(
        'ERR_OTHER_ACCOUNT',
        `${shownPath(shape.name)}, line 1: the plan is of account ${header.account} at ${header.base_url}, but the key and the base URL ${sender.baseUrl} are account ${sender.account}. Nothing was sent. ` +
          (header.base_url === sender.baseUrl
            ? 'If only the API key was rotated, say --same-account.'
            : 'Use the key and the address that the plan was made with.'),
      );
    }
    for await (const _ of readChangeFile(shape.name));
  }
}
