import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { commandText } from '../../core/command-text.ts';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shownPath } from '../../core/shell-text.ts';
import type { Row } from '../../core/types.ts';
import { openSource } from '../../input/open.ts';
import type { ReadingChoice } from '../../input/options.ts';
import type { Source } from '../../input/source.ts';
import { compileMapping } from '../../mapping/compile/compile.ts';
import type { Draft } from '../../mapping/draft/draft.ts';
import { draftMapping } from '../../mapping/draft/draft-mapping.ts';
import { draftText } from '../../mapping/draft/draft-text.ts';
import { sampleColumns } from '../../mapping/draft/sample.ts';
import { parseMapping } from '../../mapping/parse/parse.ts';

/** What a draft is made of and where it goes. */
export interface InitOptions extends ReadingChoice {
  readonly input: string;
  /** File to write; `-` is stdout. */
  readonly output: string;
  /** Whether a file that is there may be overwritten. */
  readonly force: boolean;
}

/** Rows to look at, and their bytes: what is kept of them stays in memory for a moment. */
const SAMPLE_ROWS = 1_000;
const SAMPLE_LENGTH = 4 * 1024 * 1024;

/** Where the build puts the JSON Schema of mappings. */
const SCHEMA = fileURLToPath(new URL('../../mapping.schema.json', import.meta.url));

/** Drafts a mapping from an input, writes it, and says on stderr what comes next. Throws `RunError` (exit 2). */
export async function initMapping(options: InitOptions, host: Host): Promise<number> {
  const { input, output, force, ...reading } = options;
  const source = await openSource(input, 0, { ...reading, stdin: host.stdin });
  const { shape } = source;
  let rows: readonly Row[];
  try {
    rows = await firstRows(source);
  } finally {
    await source.close();
  }
  const draft = draftMapping(sampleColumns(shape, rows), shape);
  const text = draftText(draft, { schema: schemaPath(output), input });
  // a draft that the loader would refuse is our fault, and must not be left for the user to find
  await compileMapping(parseMapping(text, output), shape);
  if (output === '-') host.stdout.write(text);
  else await write(output, text, force);
  host.stderr.write(nextSteps(draft, rows.length, options));
  return EXIT.ok;
}

// --- internal ---

async function firstRows(source: Source): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let length = 0;
  try {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if ('error' in row) continue;
        rows.push(row);
        length += lengthOf(row);
        if (rows.length >= SAMPLE_ROWS || length >= SAMPLE_LENGTH) return rows;
      }
    }
  } catch (error) {
    // an input that breaks midway has shown its first rows
    if (!(error instanceof RunError) || rows.length === 0) throw error;
  }
  return rows;
}

function lengthOf({ record, text }: Row): number {
  if (text !== undefined) return text.length;
  return Array.isArray(record) ? record.reduce((sum: number, cell: string) => sum + cell.length, 0) : 0;
}

/** The path of the schema from the mapping file: relative where both lie in one project, which may move. */
function schemaPath(output: string): string {
  const from = output === '-' ? resolve('.') : dirname(resolve(output));
  const path = relative(from, SCHEMA).replaceAll('\\', '/');
  const isNear = /^(?:\.\.\/)*node_modules\//.test(path) || !/^(?:\.\.|[A-Za-z]:)/.test(path);
  const chosen = isNear ? (path.startsWith('.') ? path : `../../${path}`) : SCHEMA;
  // editors read the path up to the first space
  return /[\s\\]/.test(chosen) ? pathToFileURL(SCHEMA).href : chosen;
}

async function write(output: string, text: string, force: boolean): Promise<void> {
  const path = shownPath(resolve(output));
  const failed = (error: unknown, reason: string) =>
    new RunError('ERR_OUTPUT', `${path} ${reason}`, { cause: error });
  try {
    await mkdir(dirname(output), { recursive: true });
  } catch (error) {
    throw failed(error, `cannot be written: ${codeOf(error)}. Name another file with --output.`);
  }
  try {
    await writeFile(output, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = codeOf(error);
    throw failed(
      error,
      code === 'EEXIST'
        ? 'is there already. Name another file with --output, or overwrite it with --force.'
        : `cannot be written: ${code}. Name another file with --output.`,
    );
  }
}

function nextSteps(draft: Draft, rows: number, options: InitOptions): string {
  const { input, output, format, encoding, delimiter } = options;
  const { product, fields, rest } = draft;
  const columns = fields.length + rest.length;
  const where = output === '-' ? 'The draft' : shownPath(resolve(output));
  const mapping = output === '-' ? 'mapping.yaml' : shownPath(resolve(output));
  const how = { mapping, format, encoding, delimiter };
  const of = product === undefined ? '' : `, an export of ${product} by its columns`;
  const blanks = fields
    .filter(({ blank }) => blank !== undefined)
    .map(({ path, blank }) => `${path} (${blank?.option})`);
  return [
    `${where} maps ${fields.length} of ${columns} fields from ${rows} sampled ${rows === 1 ? 'row' : 'rows'}${of}; the others are comments in it.`,
    ...(blanks.length > 0 ? [`To fill in: ${blanks.join(', ')}.`] : []),
    output === '-'
      ? `Next: save it as ${mapping} and read it, then see what would be sent:`
      : 'Next: read it, then see what would be sent:',
    `  ${commandText('run', [input], { ...how, 'dry-run': true })}`,
    'and try a few rows for real:',
    `  ${commandText('run', [input], { ...how, limit: 10 })}`,
    '',
  ].join('\n');
}
