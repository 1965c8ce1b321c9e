import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
/** Folders a row walks through, or that stand beside the way: none knows another. */
const STAGES = ['input', 'mapping', 'changes', 'delivery', 'redis', 'results', 'report', 'emulator'];
/** What a stage may take from the root. */
const SHARED = ['types.ts', 'errors.ts', 'clock.ts'];
/** Where a library is imported, and nowhere else. A folder ends with a slash. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  yargs: ['cli.ts', 'commands/'],
  got: ['delivery/attempt.ts'],
  bottleneck: ['delivery/leases.ts', 'redis/time-line.ts'],
  ioredis: ['redis/'],
  'https-proxy-agent': ['delivery/proxy.ts'],
  'proxy-from-env': ['delivery/proxy.ts'],
  'p-limit': ['pipeline.ts'],
  'csv-parse': ['input/'],
  yaml: ['mapping/'],
  'libphonenumber-js': ['mapping/'],
  'temporal-polyfill': ['mapping/'],
  lmdb: ['changes/'],
  pino: ['logger.ts'],
  'pino-pretty': ['logger.ts'],
};
/** What only one file touches: the code, without comments and strings, is searched. */
const OUTSIDE: readonly (readonly [what: string, pattern: RegExp, owner: string])[] = [
  ['process', /(?<![.\w])process[.[]|globalThis\.process|'node:process'/, 'main.ts'],
  ['console', /(?<![.\w])console\./, 'nothing'],
  ['the time of day', /\bDate\.now\(|new Date\(\)/, 'clock.ts'],
  ['chance', /\bMath\.random\(/, 'clock.ts'],
];

const FILES = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

const IMPORT = /(?:^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*|^\s*import\s*|\bimport\()\s*'([^']+)'/gm;

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

describe('a stage imports no other stage, and nothing above it', () => {
  test.each(STAGES.filter((stage) => FILES.some((file) => file.startsWith(`${stage}/`))))('%s', (stage) => {
    const strangers = FILES.filter((file) => file.startsWith(`${stage}/`)).flatMap((file) =>
      ownImportsOf(file)
        .filter((imported) => !imported.startsWith(`${stage}/`) && !SHARED.includes(imported))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(strangers).toEqual([]);
  });
});

test.each(SHARED)('%s imports nothing of ours but what is shared', (file) => {
  expect(ownImportsOf(file).filter((imported) => !SHARED.includes(imported))).toEqual([]);
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

test.each([
  ['the program', 'main.ts', 'commands/run.ts'],
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

test('no file imports itself in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
    if (done.has(file)) return [];
    const circles = valueImportsOf(file).flatMap((next) => visit(next, [...path, file]));
    done.add(file);
    return circles;
  };
  expect(FILES.flatMap((file) => visit(file, []))).toEqual([]);
});

/** What a file imports for more than its types as soon as it is loaded. */
function startImportsOf(file: string): string[] {
  return importsOf(withoutTypes(file).replaceAll(/\bimport\(/g, 'later('));
}

function withoutTypes(file: string): string {
  return (TEXTS.get(file) ?? '').replace(/^\s*(?:import|export) type\b[^;]*;/gm, '');
}

/** Own files that a file imports for more than their types. */
function valueImportsOf(file: string): string[] {
  return importsOf(withoutTypes(file))
    .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
    .map((name) => posix.join(posix.dirname(file), name));
}
