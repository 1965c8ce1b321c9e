import type { Row, RowError } from '../../../core/types.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { ProbeSettings } from './probe-settings.ts';
import type { MapperStage } from './stage-types.ts';

export interface MapperOptions {
  /** The mapping compiled for the input of a row. */
  readonly compiledOf: (row: Row) => CompiledMapping;
  readonly settings: ProbeSettings;
  /** Why a row must not be sent because of another one, as the preflight found. */
  readonly clashOf: (row: Row) => RowError | undefined;
}

/** Turns rows into patches; a row that clashes with another one becomes invalid. */
export function createMapper({ compiledOf, settings, clashOf }: MapperOptions): MapperStage {
  return {
    map(row) {
      const mapping = compiledOf(row);
      const mapped = settings.relieve(mapping.apply(row));
      mapping.notice(row, mapped);
      const clash = clashOf(row);
      if (!clash || mapped.kind === 'skipped' || mapped.kind === 'invalid') return mapped;
      return mapped.kind === 'patch'
        ? { kind: 'invalid', contactId: mapped.patch.contactId, error: clash }
        : { kind: 'invalid', error: clash };
    },
  };
}
