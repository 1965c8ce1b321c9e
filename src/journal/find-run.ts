import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { shownPath } from '../core/shell-text.ts';
import { FILES, RUNS_ROOT, realDirectory } from './run-directory.ts';

/**
 * The absolute directory of the run that a user names: by a path, by the name of a directory below `runs/`, or by the
 * `run_id` of its journal. A path that holds a run wins. Gives the path where no run has the name: whatever reads its
 * journal says what is wrong with it.
 */
export async function findRunDirectory(name: string): Promise<string> {
  const places = basename(name) === name ? [name, join(RUNS_ROOT, name)] : [name];
  const found = places.find(holdsRun);
  if (found !== undefined) return realDirectory(found);
  if (RUN_ID.test(name)) {
    const { listRuns } = await import('./list-runs.ts'); // journals are read for no other name
    const runs = await listRuns(resolve(RUNS_ROOT));
    const run = runs.find(({ header }) => header.run_id === name);
    if (run) return run.dir;
  }
  return realDirectory(name);
}

/** The same for a run that wrote: of `latest`, dry runs, plans and checks are passed over, which changed nothing. */
export async function findWrittenRun(name: string): Promise<string> {
  const dir = await findRunDirectory(name);
  if (basename(name) !== 'latest') return dir;
  const { listRuns } = await import('./list-runs.ts');
  const runs = await listRuns(dirname(dir));
  return runs.find(({ header }) => !header.dry_run)?.dir ?? dir;
}

/** The shortest text by which {@link findRunDirectory} finds a run: the name of its directory, or a path. */
export function runName(dir: string): string {
  const name = basename(dir);
  const isBelowRuns = realDirectory(dirname(dir)) === realDirectory(RUNS_ROOT);
  return isBelowRuns && !holdsRun(name) ? name : shownPath(dir);
}

// --- internal ---

const RUN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function holdsRun(dir: string): boolean {
  return existsSync(join(dir, FILES.journal));
}
