import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const NAME = 'livedesk-contact-sync';
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** The strictest settings that a program may have. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'out',
  },
};

/** What must not type-check. */
const MISTAKES: readonly (readonly [what: string, line: string])[] = [
  ['a misspelt option', "sync({ input: 'a.csv', maxError: 3 });"],
  [
    'an unknown policy',
    "sync({ input: 'a.csv', mapping: { version: 1, fields: { a: { empty: 'kep' } } } });",
  ],
  ['a function that gives something else', "sync({ input: 'a.csv', mapping: () => ({ id: 1 }) });"],
  [
    'a column that rows lack',
    'sync({ rows: [{ a: 1 }], mapping: ({ b }) => ({ contactId: b, fields: {} }) });',
  ],
];

describe('the packed package, in a program of its own', () => {
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'package-'));
    const pack = ['pack', '--ignore-scripts', '--offline', '--json', '--pack-destination', dir];
    const { stdout } = await run('npm', pack, { cwd: root });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    // installed by hand, so that no registry is asked: what it depends on is linked, and nothing else is there
    const own = join(dir, 'node_modules', NAME);
    mkdirSync(own, { recursive: true });
    await run('tar', ['-xzf', join(dir, packed?.filename ?? ''), '--strip-components=1', '-C', own]);
    for (const name of [...Object.keys(dependencies), '@types/node']) {
      const link = join(dir, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
    const manual = readFileSync(join(own, 'dist/manual/library.md'), 'utf8');
    const example = /<!-- executed by test\/library\/package\.test\.ts -->\n```ts\n([\s\S]*?)```/.exec(
      manual,
    )?.[1];
    if (example === undefined) throw new Error('the manual has no example of the library');
    writeFileSync(join(dir, 'example.ts'), example);
    const mistakes = MISTAKES.map(([, line]) => `// @ts-expect-error\n${line}\n`);
    writeFileSync(join(dir, 'mistakes.ts'), `import { sync } from '${NAME}';\n${mistakes.join('')}`);
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ ...TSCONFIG, files: ['example.ts', 'mistakes.ts'] }),
    );
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('type-checks, mistakes too, and drags in the types of no other package', async () => {
    const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', dir, '--listFiles'], {
      cwd: dir,
    });
    const files = stdout.split('\n');
    expect(files.filter((file) => file.endsWith(`${NAME}/dist/index.d.ts`))).toHaveLength(1);
    const packages = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    const foreign = [...new Set(packages)].filter(
      (name) => !/^@?typescript|^undici-types$|^@types$/.test(name),
    );
    expect(foreign.filter((name) => name !== '@types/node')).toEqual([NAME]);
  });

  it('runs the example of the manual', async () => {
    const emulator = await emulatorHere({ contacts: 10 });
    const { stdout, stderr } = await run(process.execPath, [join(dir, 'out/example.js')], {
      cwd: dir,
      env: {
        PATH: process.env['PATH'],
        LIVEDESK_API_KEY: 'demo-key',
        LIVEDESK_API_SECRET: 'demo-secret',
        LIVEDESK_BASE_URL: emulator.url,
      },
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').sort()).toEqual([
      '2 updated',
      'row 1: updated, contact 1',
      'row 2: updated, contact 2',
      'row 3: skipped, contact undefined',
    ]);
    expect(emulator.journal.map(({ body }) => body)).toContainEqual({
      name: 'Anna Müller',
      custom_attributes: { plan: 'team', since: '2024-05-01' },
    });
    expect(readdirSync(join(dir, 'runs')).some((name) => name.includes('-rows-'))).toBe(true);
  });
});
