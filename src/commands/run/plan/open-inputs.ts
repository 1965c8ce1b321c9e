import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Row, Shape } from '../../../core/types.ts';
import { countRows, type InputOptions, openSource } from '../../../input/open.ts';
import { type ReadingChoice, readingChoice } from '../../../input/options.ts';
import { withOrigins } from '../../../input/row-origin.ts';
import type { Source } from '../../../input/source.ts';
import type { InputIdentity, WholeInput } from '../../../journal/journal-lines.ts';
import { type CompiledMapping, compileMapping } from '../../../mapping/compile/compile.ts';
import type { Mapping } from '../../../mapping/document.ts';
import { autoMapping, describeMapping } from '../../../mapping/load/auto-mapping.ts';
import { compileFunction } from '../../../mapping/load/custom-function.ts';
import { functionOf, takeMapping } from '../../../mapping/load/mapping-source.ts';
import { resolvedMapping } from '../../../mapping/load/resolved.ts';
import type { RunOptions } from '../run-options.ts';

/** The inputs of a run, opened and checked against its mapping; no row is read yet. */
export interface RunInputs {
  /** How it was opened. */
  readonly options: ReadingOptions;
  readonly sources: readonly Source[];
  readonly mapping: Mapping;
  /** One for each input. */
  readonly compiled: readonly CompiledMapping[];
  readonly identities: readonly InputIdentity[];
  close(): Promise<void>;
}

/** What decides how inputs are read and mapped. */
export type ReadingOptions = Pick<RunOptions, 'inputs' | 'mapping' | 'minRows'> &
  ReadingChoice & {
    /** How each input is read, where they differ: it wins over what is said of all of them. */
    readonly each?: readonly ReadingChoice[];
  };

/** Names a mapping by its content: 16 hex digits. */
export function mappingHash(mapping: Mapping): string {
  return createHash('sha256')
    .update(JSON.stringify(resolvedMapping(mapping)))
    .digest('hex')
    .slice(0, 16);
}

/** Stored bytes read of all inputs so far. */
export function bytesReadOf(sources: readonly Source[]): number {
  return sources.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
}

/** Stored bytes of all inputs; undefined where one is a pipe. */
export function bytesOf(identities: readonly InputIdentity[]): number | undefined {
  let sum = 0;
  for (const { size } of identities) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

/** Opens every input and the mapping, before anything is sent. Throws `RunError` (exit 2). */
export async function openRunInputs(
  options: ReadingOptions,
  host: Host,
  log: Logger,
  signal: AbortSignal,
): Promise<RunInputs> {
  const { inputs } = options;
  if (inputs.filter((name) => name === '-').length > 1) {
    throw new RunError('ERR_USAGE', 'stdin (-) can be read only once');
  }
  const input: InputOptions = {
    stdin: host.stdin,
    rows: host.rows,
    // a function asks for no columns
    sampleRows: functionOf(options.mapping) ? 0 : undefined,
    signal,
    ...readingChoice(options),
  };
  const loaded = options.mapping === undefined ? undefined : await takeMapping(options.mapping, signal);
  const map = functionOf(options.mapping);
  const sources: Source[] = [];
  const close = async (): Promise<void> => {
    for (const source of sources) await source.close();
  };
  try {
    for (const [index, name] of inputs.entries()) {
      sources.push(withOrigins(await openSource(name, index, { ...input, ...options.each?.[index] })));
    }
    const mapping = loaded ?? autoMapping(sources.map((source) => source.shape));
    if (!loaded) log.info(`no --mapping: taking it from the column names\n${describeMapping(mapping)}`);
    const compiled: CompiledMapping[] = [];
    for (const { shape } of sources) {
      compiled.push(await compiledOf(mapping, map, shape));
    }
    if (options.minRows !== undefined) await requireRows(sources, compiled, options.minRows, input);
    for (const { shape } of sources) if (shape.quotesAreText) log.warn(unquotedNote(shape));
    return {
      options,
      sources,
      mapping,
      compiled,
      identities: sources.map((source, i) => identityOf(source, inputs[i] === '-')),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What an input was, as the journal names it; null if it was not read to its end. */
export function wholeOf({ whole }: Source): WholeInput | null {
  if (!whole) return null;
  const { rows, identity } = whole;
  return { rows, ...(identity ? { size: identity.sizeBytes, sha256: identity.sha256 } : {}) };
}

// --- internal ---

async function compiledOf(
  mapping: Mapping,
  map: ReturnType<typeof functionOf>,
  shape: Shape,
): Promise<CompiledMapping> {
  if (map) return compileFunction(map, shape);
  if (!mapping.changes) return compileMapping(mapping, shape);
  const { compileChanges } = await import('../changes/compile-changes.ts');
  return compileChanges(mapping);
}

async function requireRows(
  sources: readonly Source[],
  compiled: readonly CompiledMapping[],
  minRows: number,
  input: InputOptions,
): Promise<void> {
  let rows = 0;
  for (const [i, { shape, identity }] of sources.entries()) {
    const isData = (row: Row) => compiled[i]?.noDataOf(row) === undefined;
    if (identity) rows += await countRows(shape.name, shape.input, input, isData);
  }
  if (rows < minRows && sources.every(({ identity }) => identity)) {
    throw new RunError(
      'ERR_MIN_ROWS',
      `the input has ${rows} rows, fewer than --min-rows ${minRows}: is the export cut short? Nothing was sent.`,
    );
  }
}

function identityOf({ shape, identity }: Source, isStdin: boolean): InputIdentity {
  return {
    name: shape.name,
    ...(isStdin ? {} : { path: resolve(shape.name) }),
    format: shape.format,
    ...(shape.delimiter === undefined ? {} : { delimiter: shape.delimiter }),
    ...(identity ? { size: identity.sizeBytes, sha256: identity.sha256 } : {}),
  };
}

function unquotedNote({ name }: Shape): string {
  return `${name}: its quotes do not pair, so they are read as text (--quote none). If they stand around cells, say --quote '"'.`;
}
