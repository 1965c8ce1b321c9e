import { readdirSync } from 'node:fs';

/**
 * The layers of the tests. A unit test calls what it tests, and nothing else runs: no program, neither in a process of
 * its own nor whole in this one, no service, no build. What lies in `crash/` kills programs. The rest is integration.
 */
export type Layer = 'unit' | 'integration' | 'crash';

/** Folders of unit tests, each for the folder of its name in `src`; `scripts` for what the scripts calculate with. */
const UNIT_FOLDERS = [
  'client',
  'commands',
  'coordination',
  'core',
  'emulator',
  'input',
  'journal',
  'mapping',
  'scripts',
  'state',
  'telemetry',
];

/** The layer of a test, by its path below `test`: in a folder of unit tests, a name in `.integration.test.ts` says that it is none. */
export function layerOf(file: string): Layer {
  const [folder = ''] = file.split('/');
  if (folder === 'crash') return 'crash';
  const isUnit = file === 'architecture.test.ts' || UNIT_FOLDERS.includes(folder);
  return isUnit && !file.endsWith('.integration.test.ts') ? 'unit' : 'integration';
}

/** All tests of a layer, as paths below `test`. */
export function testsOf(layer: Layer): string[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts') && layerOf(file) === layer)
    .sort();
}
