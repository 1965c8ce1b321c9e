import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { PROGRAM_FOLDER } from '../../core/program-folder.ts';
import { shownPath } from '../../core/shell-text.ts';
import { printText } from '../../core/shown-text.ts';
import { writeAtomic } from '../../core/write-atomic.ts';
import { likelyEncoding } from '../../input/bytes/encoding-fault.ts';
import type { ReadingChoice } from '../../input/options.ts';
import { compileMapping } from '../../mapping/compile/compile.ts';
import { draftMapping } from '../../mapping/draft/draft-mapping.ts';
import { draftText } from '../../mapping/draft/draft-text.ts';
import { sampleColumns } from '../../mapping/draft/sample.ts';
import { parseMapping } from '../../mapping/parse/parse.ts';
import { addJob, type FileWithJob, type NewJob, newJobFile } from './add-job.ts';
import type { InitOptions } from './init-options.ts';
import { nextSteps } from './next-steps.ts';
import { type InputSample, readSample } from './read-sample.ts';

/** Drafts a mapping from an input, writes it, and a job if one is asked for, and says on stderr what comes next. Throws `RunError` (exit 2). */
export async function initMapping(options: InitOptions, host: Host): Promise<number> {
  const { input, job, force } = options;
  const output = options.output ?? (job === undefined ? 'mapping.yaml' : `${job}.mapping.yaml`);
  if (job !== undefined && output === '-') {
    throw new RunError('ERR_USAGE', '--job writes files; it does not go with --output -');
  }
  const { sample, reading } = await readWithLikelyEncoding(options, host);
  const { shape, rows } = sample;
  const draft = draftMapping(sampleColumns(shape, rows), shape);
  const text = draftText(draft, { schema: schemaPath('mapping', output), input });
  // a draft that the loader would refuse is our fault, and must not be left for the user to find
  await compileMapping(parseMapping(text, output), shape);
  const withJob = job === undefined ? undefined : fileWithJob({ ...options, ...reading, job, output }, host);
  if (output === '-') host.stdout.write(text);
  else await write(output, text, force);
  if (withJob) writeJobFile(options.config, withJob.text);
  printText(
    host.stderr,
    nextSteps({
      draft,
      sample,
      options: { ...options, ...reading, output },
      isGuessed: reading.encoding !== options.encoding,
      withJob,
    }),
  );
  return EXIT.ok;
}

// --- internal ---

/**
 * The sample, read as `run` reads the input; where its bytes look like those of an encoding that `run` would ask for, it is
 * read in that one, which the next commands name. stdin cannot be read twice.
 */
async function readWithLikelyEncoding(
  { input, output: _output, job: _job, config: _config, force: _force, ...reading }: InitOptions,
  host: Host,
): Promise<{ readonly sample: InputSample; readonly reading: ReadingChoice }> {
  let encoding: string | undefined;
  try {
    const sample = await readSample(input, reading, host.stdin);
    encoding = sample.likelyEncoding;
    if (encoding === undefined || input === '-') return { sample, reading };
  } catch (error) {
    encoding = error instanceof RunError ? likelyEncoding(error.message) : undefined;
    if (encoding === undefined || input === '-') throw error;
  }
  const other = { ...reading, encoding };
  return { sample: await readSample(input, other, host.stdin), reading: other };
}

function fileWithJob(
  options: InitOptions & { readonly job: string; readonly output: string },
  { env }: Host,
): FileWithJob & { readonly apiKeyFile: string; readonly apiSecretFile: string } {
  const { input, output, job: name, config } = options;
  const from = (path: string): string =>
    path === '-' ? path : relative(dirname(resolve(config)), resolve(path));
  const files = {
    apiKeyFile: from(env['LIVEDESK_API_KEY_FILE'] || 'secrets/api-key'),
    apiSecretFile: from(env['LIVEDESK_API_SECRET_FILE'] || 'secrets/api-secret'),
  };
  const job: NewJob = {
    name,
    ...files,
    options: {
      input: from(input),
      mapping: from(output),
      ...readingWords(options),
      continue: true,
      keep: '30d',
    },
  };
  let text: string;
  try {
    text = readFileSync(config, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { ...newJobFile(job, schemaPath('jobs', config)), ...files };
    throw new RunError(
      'ERR_OUTPUT',
      `${config} cannot be read: ${codeOf(error)}. Name another with --config.`,
    );
  }
  return { ...addJob(text, config, job), ...files };
}

/** How the input is read, in words of the file of jobs. */
function readingWords({ format, encoding, delimiter, quote, skipRows, skipFooter }: ReadingChoice) {
  const words = {
    format,
    encoding,
    delimiter: delimiter === '\t' ? 'tab' : delimiter,
    quote,
    skip_rows: skipRows,
    skip_footer: skipFooter,
  };
  return Object.fromEntries(
    Object.entries(words).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

/** The path of a schema from the file that names it: relative, since the project may move, or lie elsewhere for others. */
function schemaPath(of: 'mapping' | 'jobs', file: string): string {
  // where the build puts it
  const schema = fileURLToPath(new URL(`${of}.schema.json`, PROGRAM_FOLDER));
  const from = file === '-' ? resolve('.') : dirname(resolve(file));
  const path = relative(from, schema).replaceAll('\\', '/');
  const isOnDrive = /^[A-Za-z]:/.test(path);
  // editors read the path up to the first space
  if (isOnDrive || /\s/.test(path)) return pathToFileURL(schema).href;
  return path.startsWith('.') ? path : `./${path}`;
}

function writeJobFile(config: string, text: string): void {
  try {
    mkdirSync(dirname(config), { recursive: true });
    writeAtomic(config, text, { mode: 0o644 });
  } catch (cause) {
    throw new RunError(
      'ERR_OUTPUT',
      `${config} cannot be written: ${codeOf(cause)}. Name another file with --config.`,
      { cause },
    );
  }
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
