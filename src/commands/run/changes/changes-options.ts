import { RunError } from '../../../core/errors.ts';
import type { ChangeKind, ChangesHeader } from '../../../journal/change-line.ts';
import { resolvedMapping } from '../../../mapping/load/resolved.ts';
import { changesMapping } from '../../../mapping/parse/changes.ts';
import type { RunOptions } from '../run-options.ts';

/** The options of a run whose input is a file of change lines: its first and last line are no rows. */
export function changesOptions(options: RunOptions, kind: ChangeKind, header: ChangesHeader): RunOptions {
  if (header.changes !== kind) {
    throw new RunError(
      'ERR_PLAN',
      `line 1: the file is ${header.changes === 'apply' ? 'a plan' : 'what an undo wrote'}, which this command does not take. Nothing was sent.`,
    );
  }
  const { base_url, mapping_hash: mappingHash, additional_attributes: attributes } = header;
  const mapping = resolvedMapping(changesMapping({ kind, mappingHash }, attributes));
  return {
    ...options,
    command: kind,
    baseUrl: options.baseUrl ?? base_url,
    mapping: { document: JSON.stringify(mapping, undefined, 2) },
    format: 'jsonl',
    encoding: 'utf-8',
    skipRows: 1,
    skipFooter: 1,
  };
}
