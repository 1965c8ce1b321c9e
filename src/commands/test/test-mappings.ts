import { existsSync, readdirSync } from 'node:fs';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { printText } from '../../core/shown-text.ts';
import { plural } from '../../journal/summary-text.ts';
import { checkExamples } from '../../mapping/examples/check-example.ts';
import { readExamples } from '../../mapping/examples/read-examples.ts';
import { loadMapping } from '../../mapping/load/load.ts';
import { usage } from '../parse-values.ts';

/** Checks mappings against their examples and says what differs. Gives the exit code: 1 where anything does. */
export async function testMappings(files: readonly string[], host: Host): Promise<number> {
  const pairs = (files.length > 0 ? files : filesHere()).map(pairOf);
  let [checked, failed] = [0, 0];
  for (const { mapping, examples } of pairs) {
    const all = await readExamples(examples);
    const results = await checkExamples(await loadMapping(mapping), all);
    for (const [i, differences] of results.entries()) {
      checked += 1;
      if (differences.length === 0) continue;
      failed += 1;
      const example = all[i];
      printText(host.stdout, `${example?.at}: ${example?.name ?? `example ${i + 1}`}\n`);
      for (const { at, message } of differences) printText(host.stdout, `  ${at}: ${message}\n`);
    }
  }
  const of = pairs.map(({ mapping }) => mapping).join(', ');
  printText(
    host.stdout,
    failed === 0
      ? `${plural(checked, 'example')} of ${of}: all as expected\n`
      : `${failed} of ${plural(checked, 'example')} of ${of} failed\n`,
  );
  return failed === 0 ? EXIT.ok : EXIT.rowsFailed;
}

// --- internal ---

const EXAMPLES = /\.test\.(?:ya?ml|json)$/;
const ENDINGS = ['yaml', 'yml', 'json'];

function filesHere(): string[] {
  const found = readdirSync('.')
    .filter((name) => EXAMPLES.test(name))
    .sort();
  if (found.length > 0) return found;
  throw usage(
    'there are no examples here: write mapping.test.yaml beside mapping.yaml, with rows and what becomes of each, or name a file',
  );
}

/** A mapping and its examples, whichever of the two is named. */
function pairOf(file: string): { readonly mapping: string; readonly examples: string } {
  if (!existsSync(file)) throw usage(`there is no file ${file}`);
  if (EXAMPLES.test(file))
    return { mapping: besideOf(file, file.replace(EXAMPLES, ''), 'mapping'), examples: file };
  const stem = file.replace(/\.(?:ya?ml|json)$/, '');
  if (stem === file) throw usage(`${file} is no mapping by its name: name a .yaml or .json file`);
  return { mapping: file, examples: besideOf(file, `${stem}.test`, 'file of examples') };
}

function besideOf(file: string, stem: string, what: string): string {
  const found = ENDINGS.map((ending) => `${stem}.${ending}`).find((name) => existsSync(name));
  if (found !== undefined) return found;
  throw new RunError('ERR_USAGE', `${file} has no ${what} beside it: there is no ${stem}.yaml`);
}
