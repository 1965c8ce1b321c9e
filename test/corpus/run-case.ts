import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { JournalLine, RowLine } from '../../src/journal/journal-lines.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import type { Expected } from './expected.ts';

/** What became of a file of the corpus. */
export interface Found {
  readonly exit: number;
  /** Of the error that kept the run from beginning, or stopped it. */
  readonly code: string | undefined;
  /** Each row in the form of {@link Expected.rows}, in input order. */
  readonly rows: readonly string[];
  /** All that was printed; paths without the folder. */
  readonly said: string;
  readonly summary: Summary | undefined;
  /** Names in the run directory; undefined if there is none. */
  readonly files: readonly string[] | undefined;
  readonly emulator: Emulator;
}

/** Runs the program on a file of the corpus, given as `<topic>/<name>`, as its topic says. */
export async function runCase(path: string, expected: Expected): Promise<Found> {
  const emulator = await emulatorHere({ contacts: 10, firstId: 318763, idPrefixCast: true });
  const file = fixture(`corpus/${path}`);
  const temp = tempDir();
  const runDir = join(temp, 'run');
  const contacts = fixture('corpus/contacts.csv');
  const place = (text: string): string =>
    text.replace('{contacts}', contacts).replace('{here}', join(file, '..')).replace('{temp}', temp);
  const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1).map(place);

  const env: Record<string, string> = {
    LIVEDESK_API_KEY: 'demo-key',
    LIVEDESK_API_SECRET: 'demo-secret',
    LIVEDESK_BASE_URL: emulator.url,
    LIVEDESK_RUN_DIR: runDir,
    LIVEDESK_RATE: 'unlimited',
  };
  let args: readonly string[];
  if (path.endsWith('.env')) {
    if (path.startsWith('credentials/'))
      for (const name of ['KEY', 'SECRET']) delete env[`LIVEDESK_API_${name}`];
    for (const line of lines()) env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    args = ['run', contacts];
  } else if (path.endsWith('.args')) args = lines();
  else if (path.startsWith('mapping/')) args = ['run', contacts, '-m', file];
  else args = ['run', file];
  if (expected.mapping !== undefined) {
    const mapping = join(temp, 'mapping.yaml');
    writeFileSync(mapping, `version: 1\ncontact_id: contact_id\n${expected.mapping}\n`);
    args = [...args, '-m', mapping];
  }

  const { code, stdout, stderr } = await cliHere([...args, ...(expected.args ?? [])], { env });
  const said = [join(file, '..'), join(file, '../..'), temp].reduce(
    (text, folder) => text.replaceAll(`${folder}/`, ''),
    `${stderr}${stdout}`,
  );
  const summary = readSummary(runDir);
  return {
    exit: code,
    code: summary?.stopped?.code ?? /\((ERR_\w+)\)\n/.exec(stderr)?.[1],
    rows: readRows(runDir),
    said,
    summary,
    files: existsSync(runDir) ? readdirSync(runDir).map((name) => basename(name)) : undefined,
    emulator,
  };
}

// --- internal ---

function readSummary(runDir: string): Summary | undefined {
  const path = join(runDir, 'summary.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function readRows(runDir: string): string[] {
  const path = join(runDir, 'results.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): JournalLine => JSON.parse(line))
    .filter((line) => line.type === 'row')
    .sort((a, b) => a.row - b.row)
    .map(tell);
}

function tell({ line, status, reason, error }: RowLine): string {
  return `line ${line}: ${status}${reason ? ` (${reason})` : ''}${error ? ` ${error.code}: ${error.message}` : ''}`;
}
