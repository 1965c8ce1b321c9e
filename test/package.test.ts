import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mappingSchema } from '../src/mapping/schema/mapping-schema.ts';
import { pageNames } from './helpers/manual.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const PACKAGE = JSON.parse(read('package.json'));

/** A package as the lock file has it. */
interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}
const LOCK: Readonly<Record<string, Locked>> = JSON.parse(read('package-lock.json')).packages;
const entries = Object.entries(LOCK).filter(([path]) => path !== '');
/** What a user installs, on one platform or another. */
const production = entries.filter(([, { dev, devOptional }]) => !dev && !devOptional);

describe('the tarball', () => {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-sync-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  let tarball = '';
  let files: readonly string[] = [];
  beforeAll(() => {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', dir];
    const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }));
    tarball = join(dir, packed.filename);
    files = packed.files.map(({ path }: { path: string }) => path);
  });

  test('holds the built program and what explains it, and nothing else', () => {
    const others = files.filter((path) => !/^dist\/[\w./-]+\.(?:js|d\.ts)$/.test(path));
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/jobs.schema.json',
      ...pageNames().map((name) => `dist/manual/${name}.md`),
      'dist/mapping.schema.json',
      'package.json',
    ]);
    expect(statSync(tarball).size).toBeLessThan(800_000);
  });

  test('publint has nothing to say', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('its types are right for all who resolve modules as Node does', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (!analysis.types) throw new Error('no types were found');
    // CommonJS requires a module by way of require(esm), and node10 knows no exports: both are left to bundlers
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem) || problem.resolutionKind !== 'node10',
    );
    expect(problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });
});

test('the package says what it is', () => {
  expect(PACKAGE.engines).toEqual({ node: '>=20.19' });
  expect(PACKAGE.bin).toEqual({ 'livedesk-sync': 'dist/main.js' });
  expect(PACKAGE.sideEffects).toBe(false);
  expect(Object.keys(PACKAGE.exports)).toEqual([
    '.',
    './mapping.schema.json',
    './jobs.schema.json',
    './package.json',
  ]);
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    expect(PACKAGE.scripts).not.toHaveProperty(hook);
  }
});

/** Licences that ask for no more than to be named. */
const PERMISSIVE = /^(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0)$/;

describe('what a user installs', () => {
  test('is licensed permissively, all of it', () => {
    const others = production.filter(([, { license = 'none' }]) =>
      license.split(/ OR |[()]/).every((one) => one === '' || !PERMISSIVE.test(one)),
    );
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  test('stays small: README says how small', () => {
    const isHere = ([path]: readonly [string, Locked]): boolean =>
      statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;
    const here = production.filter(isHere);
    const megabytes = here.reduce((sum, [path]) => sum + sizeOf(join(ROOT, path)), 0) / 1_000_000;
    const [, packages, size] = /(\d+) packages, (\d+) MB/.exec(read('README.md')) ?? [];
    expect(Math.abs(here.length - Number(packages))).toBeLessThanOrEqual(3);
    expect(Math.abs(megabytes - Number(size))).toBeLessThanOrEqual(4);
  });

  test('runs no install step but those of the packages with optional binaries', () => {
    const scripted = production.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripted.map(([path]) => path)).toEqual(['node_modules/lmdb', 'node_modules/msgpackr-extract']);
  });
});

describe('the lock file', () => {
  test('holds no address', () => {
    expect(entries.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([]);
  });

  test.each([
    [
      '@lmdb/lmdb',
      ['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'],
    ],
    ['@biomejs/cli', ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64']],
  ])('holds the binaries of %s for every platform', (name, platforms) => {
    for (const platform of platforms) expect(LOCK).toHaveProperty([`node_modules/${name}-${platform}`]);
  });
});

/** Bytes of the files of a package, without the packages below it. */
function sizeOf(dir: string): number {
  let sum = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) sum += sizeOf(path);
    else if (entry.isFile()) sum += statSync(path).size;
  }
  return sum;
}

test('the JSON Schema of a mapping is built with the package, where editors find it', () => {
  const require = createRequire(import.meta.url);
  const built: unknown = require('livedesk-contact-sync/mapping.schema.json');
  expect(built).toEqual(JSON.parse(JSON.stringify(mappingSchema())));
  const { files } = require('livedesk-contact-sync/package.json') as { files: string[] };
  expect(files).toContain('dist');
});
