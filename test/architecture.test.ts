import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testsOf } from './layers.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
/** What may lie in the root. */
const ROOT = ['README.md', 'index.ts', 'main.ts', 'tsconfig.json'];
/** Ways in: they import whatever they need, and nothing imports them but what lies in the root. */
const WAYS_IN = ['cli', 'library'];
/** Rooms that stand side by side: none knows another. */
const ROOMS = [
  'input',
  'mapping',
  'state',
  'client',
  'journal',
  'coordination',
  'account',
  'telemetry',
  'emulator',
  'manual',
];
/** Files of one room that may import a file of another, and why. */
const EXCEPTIONS: readonly (readonly [file: string, imported: string, why: string])[] = [
  ['journal/summary.ts', 'telemetry/meter.ts', 'the summary holds what the meter found to hold the run back'],
];
/** Where a library is imported, and nowhere else. A folder ends with a slash. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  yargs: ['cli/', 'commands/'],
  got: ['client/http/attempt.ts', 'telemetry/webhook.ts'],
  bottleneck: ['client/rate-limit/fixed-rate.ts', 'coordination/redis/turn-queue.ts'],
  ioredis: ['coordination/redis/'],
  'https-proxy-agent': ['client/http/proxy.ts'],
  'proxy-from-env': ['client/http/proxy.ts'],
  'p-limit': ['commands/run/pipeline/'],
  'csv-parse': ['input/csv/'],
  yaml: ['mapping/', 'commands/init/'],
  'libphonenumber-js': ['mapping/'],
  'temporal-polyfill': ['mapping/'],
  lmdb: ['state/storage/'],
  pino: ['core/logger.ts'],
  'pino-pretty': ['core/logger.ts'],
};
/** What only one file touches: the code, without comments and strings, is searched. */
const OUTSIDE: readonly (readonly [what: string, pattern: RegExp, owner: string])[] = [
  ['process', /(?<![.\w])process[.[]|globalThis\.process|'node:process'/, 'main.ts'],
  // LMDB prints the stacks of failures that it hands on in any case, which is kept off the terminal there
  ['console', /(?<![.\w])console\./, 'state/storage/lmdb-storage.ts'],
  ['the time of day', /\bDate\.now\(|new Date\(\)/, 'core/clock.ts'],
  ['chance', /\bMath\.random\(/, 'core/clock.ts'],
];

const FILES = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

const IMPORT = /(?:^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*|^\s*import\s*|\bimport\()\s*'([^']+)'/gm;

/** What goes when types are taken away. */
const TYPE_IMPORT = /^\s*(?:import|export) type\b[^;]*;/gm;

/** What a file imports, statically or not, types too. */
function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? '');
}

/** Own files that a file imports, as paths below `src`. */
function ownImportsOf(file: string): string[] {
  return importsOf(TEXTS.get(file) ?? '')
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name));
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The room of a file: the first folder below `src`; a command has a room of its own, a file in the root, too. */
function roomOf(file: string): string {
  const [first = '', second, third] = file.split('/');
  return first === 'commands' && third !== undefined ? `${first}/${second}` : first;
}

/** On which floor a file stands: it imports its own room and the floors below. */
function floorOf(file: string): number {
  const room = roomOf(file);
  if (room === 'core') return 0;
  if (ROOMS.includes(room)) return 1;
  if (room === 'commands') return 2; // what several commands share
  if (room.startsWith('commands/')) return 3;
  return WAYS_IN.includes(room) ? 4 : 5;
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place));
}

/** The code with comments and text taken out, so that words in them are not taken for it. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?!node:process')(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/\/\/[^\n]*/g, '');
}

test('imports are seen in every form', () => {
  const text = [
    "import a, { type B } from 'a';",
    "import {\n  c,\n  type D,\n} from './c.ts';",
    "export * from './e.ts';",
    "import 'f/side';",
    "  const { g } = await import('g');",
    "import type { H } from '../h.ts';",
  ].join('\n');
  expect(importsOf(text)).toEqual(['a', './c.ts', './e.ts', 'f/side', 'g', '../h.ts']);
  expect(FILES.length).toBeGreaterThan(50);
});

test('the root holds nothing else, and every folder is a known one', () => {
  const entries = readdirSync(SRC, { withFileTypes: true });
  const loose = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(loose.sort()).toEqual([...ROOT].sort());
  const folders = new Set(FILES.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
  expect([...folders].sort()).toEqual([...WAYS_IN, 'commands', ...ROOMS, 'core'].sort());
});

describe('ways in import commands, commands import rooms, rooms import the core', () => {
  const crossing = FILES.flatMap((file) =>
    ownImportsOf(file)
      .filter((imported) => roomOf(file) !== roomOf(imported))
      .map((imported) => ({ file, imported })),
  );
  const isException = (file: string, imported: string): boolean =>
    EXCEPTIONS.some((exception) => exception[0] === file && exception[1] === imported);

  test.each([...new Set(FILES.map(roomOf))])('%s', (room) => {
    const strangers = crossing
      .filter(({ file, imported }) => roomOf(file) === room && floorOf(imported) >= floorOf(file))
      .filter(({ file, imported }) => !isException(file, imported))
      .map(({ file, imported }) => `${file} imports ${imported}`);
    expect(strangers).toEqual([]);
  });

  test.each(EXCEPTIONS)('%s imports %s: %s', (file, imported) => {
    expect(ownImportsOf(file), 'the exception is not needed any more').toContain(imported);
  });

  test('imports between rooms are counted', () => {
    const isToCore = ({ imported }: { imported: string }): boolean => roomOf(imported) === 'core';
    const arrows = new Set(crossing.map(({ file, imported }) => `${roomOf(file)} -> ${roomOf(imported)}`));
    const beyondCore = crossing.filter((one) => !isToCore(one)).length;
    process.stdout.write(
      `${crossing.length} imports between ${new Set(FILES.map(roomOf)).size} rooms: ${crossing.length - beyondCore} of the core, ${beyondCore} of others; ${arrows.size} arrows from room to room\n`,
    );
    expect(crossing.length).toBeGreaterThan(0);
  });
});

describe('every library has one owner', () => {
  const libraries = new Map<string, string[]>();
  for (const [file, text] of TEXTS) {
    for (const name of importsOf(text)) {
      if (name.startsWith('.') || name.startsWith('node:')) continue;
      libraries.set(packageOf(name), [...(libraries.get(packageOf(name)) ?? []), file]);
    }
  }
  test.each([...libraries])('%s', (library, files) => {
    const owners = OWNERS[library];
    if (owners) expect(files.filter((file) => !isIn(file, owners))).toEqual([]);
    else expect(new Set(files).size, 'imported by several files: name its owner here').toBe(1);
  });
});

describe('the outside has one owner', () => {
  test.each(OUTSIDE)('%s', (_what, pattern, owner) => {
    const strangers = [...TEXTS].filter(([file, text]) => file !== owner && pattern.test(codeOf(text)));
    expect(strangers.map(([file]) => file)).toEqual([]);
  });
});

/** Texts that speak of the program or of its usage; whatever is to be pasted comes from `commandText`. */
const SPEAKS_OF_IT: Readonly<Record<string, string>> = {
  'cli/cli.ts': 'help and version',
  'cli/usage-errors.ts': 'where the help is',
  'commands/help/option-tables.ts': 'the manual',
  'commands/init/add-job.ts': 'a comment in a file',
  'commands/run/command.ts': 'help',
  'commands/probe/contact-backup.ts': 'a value that a probe writes',
  'library/library-words.ts': 'finds commands in a text',
  'manual/topics.ts': 'the manual',
  'mapping/draft/draft-text.ts': 'a comment in a file',
  'telemetry/notice.ts': 'the name before a notice',
};

test('one function makes every command that can be pasted', () => {
  const comments = /^\s*\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/gm;
  const speaking = [...TEXTS].filter(([, text]) => text.replace(comments, '').includes('livedesk-sync '));
  expect(speaking.map(([file]) => file)).toEqual(Object.keys(SPEAKS_OF_IT).sort());
});

/** Who writes to the terminal past `printText` and `printJson`, which write out what steers it. */
const WRITES_AS_IT_IS: Readonly<Record<string, string>> = {
  'cli/cli.ts': 'the help that yargs makes, and the version',
  'commands/help/command.ts': 'a schema',
  'commands/help/show-text.ts': 'the manual, with bold words',
  'commands/init/init.ts': 'a mapping, for a file',
  'commands/report/write-output.ts': 'a page, for a file',
  'core/logger.ts': 'log lines, with colours; their texts are written out in the logger',
  'main.ts': 'what ends the process',
  'telemetry/progress-display.ts': 'the line that is drawn again, of numbers and own words',
};

test('what people read on a terminal passes one place', () => {
  const writing = [...TEXTS].filter(([, text]) => /\bstd(?:out|err)\.write\(/.test(codeOf(text)));
  expect(writing.map(([file]) => file)).toEqual(Object.keys(WRITES_AS_IT_IS).sort());
});

test('README names no file and no folder that is not there', () => {
  const text = readFileSync(join(SRC, 'README.md'), 'utf8');
  const named = [...text.matchAll(/`(\w[\w./-]*(?:\.ts|\/))`/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(50);
  const root = join(SRC, '..');
  const isThere = (name: string): boolean =>
    existsSync(join(root, name)) ||
    FILES.some((file) => `/${file}`.endsWith(`/${name}`) || `/${file}`.includes(`/${name}`));
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

describe('a name means one thing', () => {
  test('declarations are seen in every form', () => {
    const text = [
      'export const A = 1;',
      'export async function b() {}',
      'export function* c() {}',
      'export default class D {}',
      'export abstract class E {}',
      'export interface F {}',
      'export type G<T> = T;',
      'export enum H {}',
      'export const { i, j: k } = o, [l] = m;',
      "export { n, type O, p as q } from './r.ts';",
      'const S = 1; // export const T = 1;',
    ].join('\n');
    expect(declaredIn(text)).toEqual(['A', 'b', 'c', 'D', 'E', 'F', 'G', 'H', 'i', 'k']);
  });

  test('no exported name is declared twice', () => {
    const declared = new Map<string, string[]>();
    for (const [file, text] of TEXTS) {
      for (const name of new Set(declaredIn(text))) {
        declared.set(name, [...(declared.get(name) ?? []), file]);
      }
    }
    expect(declared.size).toBeGreaterThan(500);
    const twice = [...declared].filter(([, files]) => files.length > 1);
    expect(twice.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([]);
  });
});

test.each([
  ['the program', 'main.ts', 'commands/run/command.ts'],
  ['the package', 'index.ts', 'library/sync.ts'],
])('%s starts without any library: each is loaded by what needs it', (_what, entry, part) => {
  const seen = new Set<string>();
  const libraries = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of startImportsOf(file)) {
      if (name.startsWith('.')) visit(posix.join(posix.dirname(file), name));
      else if (!name.startsWith('node:')) libraries.add(`${file} imports ${name}`);
    }
  };
  visit(entry);
  expect(seen).toContain(part);
  expect([...libraries]).toEqual([]);
});

test('no file imports itself in a circle, by types neither', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
    if (done.has(file)) return [];
    const circles = ownImportsOf(file).flatMap((next) => visit(next, [...path, file]));
    done.add(file);
    return circles;
  };
  expect(FILES.flatMap((file) => visit(file, []))).toEqual([]);
});

describe('a unit test starts nothing', () => {
  const TEST = fileURLToPath(new URL('.', import.meta.url));
  const startsProgram = /^node:(?:child_process|cluster|worker_threads)$|^(?:playwright-core|ioredis)$/;
  /** Ways in are whole programs, with whatever belongs to one. */
  const isWayIn = (file: string): boolean =>
    /^\.\.\/src\/(?:(?:cli|library)\/|(?:main|index)\.ts$)/.test(file);

  /** What a test takes to start a program with, itself or through its helpers, and the way there. */
  function startsOf(file: string, seen = new Set<string>()): string[] {
    if (seen.has(file)) return [];
    seen.add(file);
    const text = readFileSync(join(TEST, file), 'utf8');
    const built = /['"`/]((?:build|dist)\/)/.exec(text)?.[1];
    const found = built ? [`${file} reads ${built}`] : [];
    for (const name of importsOf(text.replace(TYPE_IMPORT, ''))) {
      const imported = name.startsWith('.') ? posix.join(posix.dirname(file), name) : name;
      if (startsProgram.test(imported) || isWayIn(imported)) found.push(`${file} imports ${imported}`);
      else if (name.startsWith('.') && !imported.startsWith('../')) found.push(...startsOf(imported, seen));
    }
    return found;
  }

  test.each(testsOf('unit'))('%s', (file) => {
    expect(startsOf(file), 'name it .integration.test.ts').toEqual([]);
  });

  test('and one that does is seen, through its helpers, too', () => {
    expect(startsOf('e2e/start.test.ts')).toContain('helpers/cli-process.ts imports node:child_process');
    expect(startsOf('library/sync.test.ts')).toContainEqual(expect.stringContaining('src/'));
    expect(startsOf('helpers/cli-process.ts')).toContain('helpers/cli-process.ts reads dist/');
  });
});

/** Names that a file declares and exports; what it passes on from another file is declared there. */
function declaredIn(text: string): string[] {
  const code = codeOf(text);
  const one =
    /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) +([\w$]+)/gm;
  const several = /^export (?:const|let) \{([^}]*)\}/gm;
  return [
    ...[...code.matchAll(one)].map((match) => match[1] ?? ''),
    ...[...code.matchAll(several)].flatMap((match) =>
      (match[1] ?? '').split(',').map((part) => part.split(':').at(-1)?.trim() ?? ''),
    ),
  ];
}

/** What a file imports for more than its types as soon as it is loaded. */
function startImportsOf(file: string): string[] {
  return importsOf(withoutTypes(file).replaceAll(/\bimport\(/g, 'later('));
}

function withoutTypes(file: string): string {
  return (TEXTS.get(file) ?? '').replace(TYPE_IMPORT, '');
}
