import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Folders and files of the program that a command may need, and none needs before it is chosen. */
const HEAVY =
  /\/build\/(?:(?:input|state|client|journal|telemetry|coordination|account|mapping|emulator)\/|commands\/(?:run|pull|init|probe|merge|report|emulate|help)\/(?!command\.js|[\w-]*options\.js|(?:changes|undo)\/(?:(?:apply|plan|undo)-command|derived-options)\.js))/;
/** Modules of Node that take their time, and serve no command line. */
const HEAVY_OF_NODE = [
  'node:crypto',
  'node:http',
  'node:https',
  'node:net',
  'node:zlib',
  'node:worker_threads',
];

/** What a plain run has no use for: state, keys to find, earlier runs, a rate to learn or to share, metrics. */
// each run looks at the first lines of the journals beside its own, for the number that it takes
const UNUSED_BY_A_PLAIN_RUN =
  /\/build\/(?:state|emulator)\/|\/build\/commands\/(?:report|merge)\/(?!command\.js|[\w-]*options\.js)|\/client\/(?:lookup\/(?:find-contact|search)|write\/create-contact|rate-limit\/(?:adaptive-rate|shared-rate))\.js|\/commands\/run\/plan\/(?:resume|retry)\.js|\/coordination\/redis\/(?!redis-url)/;
/** Heavy, and of use only where the input or the mapping asks for it. */
const UNUSED_PACKAGES = ['lmdb', 'yaml', 'libphonenumber-js', 'ioredis'];

test.each<[args: string[], packages: string[]]>([
  [['--version'], []],
  // the two beside yargs are what it draws help with
  [['--help'], ['string-width', 'wrap-ansi', 'yargs']],
  [
    ['run', '--help'],
    ['string-width', 'wrap-ansi', 'yargs'],
  ],
])('%j loads what it needs and no more', async (args, packages) => {
  const loaded = await modulesLoadedBy(args);
  expect(loaded.some((url) => url.endsWith('/build/cli/cli.js'))).toBe(true);
  expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  expect(loaded.filter((url) => HEAVY_OF_NODE.includes(url))).toEqual([]);
  const found = new Set(loaded.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]));
  expect(dependencies().filter((name) => found.has(name))).toEqual(packages);
});

test('a plain run loads nothing of what it was not asked to do', async () => {
  const dir = tempDir();
  const file = join(dir, 'contacts.csv');
  writeFileSync(file, 'contact_id,name\n1,Ann\n');
  const loaded = await modulesLoadedBy(['run', file, '--dry-run', '--run-dir', join(dir, 'run')]);
  expect(loaded.filter((url) => UNUSED_BY_A_PLAIN_RUN.test(url))).toEqual([]);
  expect(UNUSED_PACKAGES.filter((name) => loaded.some((url) => url.includes(`/${name}/`)))).toEqual([]);
});

test('a run that sends nothing loads no HTTP client', async () => {
  const dir = tempDir();
  const file = join(dir, 'contacts.csv');
  writeFileSync(file, 'contact_id,name\n1,Ann\n');
  const loaded = await modulesLoadedBy(['run', file, '--dry-run', '--run-dir', join(dir, 'run')]);
  expect(loaded.some((url) => url.endsWith('/build/commands/run/pipeline/pipeline.js'))).toBe(true);
  expect(loaded.filter((url) => /\/node_modules\/got\/|\/client\/http\/attempt\.js/.test(url))).toEqual([]);
});

// --- internal ---

const PROGRAM = new URL('../../dist/', import.meta.url).href;

/** URLs of all files that the program imports until it ends, and the modules of which those of its own are made. */
async function modulesLoadedBy(args: readonly string[]): Promise<string[]> {
  const dir = tempDir();
  const list = join(dir, 'modules');
  const note = `appendFileSync(${JSON.stringify(list)}, url + '\\n')`;
  const asyncHooks = `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) { ${note}; return next(url, context); }`;
  const hook = join(dir, 'hook.mjs');
  // Node 20 lacks registerHooks, and later ones take register for old
  writeFileSync(
    hook,
    `import { appendFileSync } from 'node:fs';
import * as module from 'node:module';
if (module.registerHooks) module.registerHooks({ load(url, context, next) { ${note}; return next(url, context); } });
else module.register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(asyncHooks)}`)});
`,
  );
  const { code } = await runCli(args, { env: { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` } });
  expect(code).toBe(0);
  const files = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  return files.flatMap((url) => [url, ...(url.startsWith(PROGRAM) ? modulesOf(fileURLToPath(url)) : [])]);
}

/** The modules of a bundle, which names each where it begins. */
function modulesOf(bundle: string): string[] {
  return [...readFileSync(bundle, 'utf8').matchAll(/^\/\/ (build\/.+)$/gm)].map(([, path]) => `/${path}`);
}

/** Names of the packages that the program depends on. */
function dependencies(): string[] {
  const path = fileURLToPath(new URL('../../package.json', import.meta.url));
  return Object.keys((JSON.parse(readFileSync(path, 'utf8')) as { dependencies: object }).dependencies);
}
