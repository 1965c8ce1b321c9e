import { run } from '../../src/commands/run/command.ts';
import { type JobFile, parseJobFile } from '../../src/commands/run/jobs/job-file.ts';
import { readRunOptions } from '../../src/commands/run/read-run-options.ts';

const DEFAULTS = Object.fromEntries(
  Object.entries(run.options).map(([name, option]) => [name, option.default]),
);

/** The jobs of a file, checked as `run` does. Throws `ERR_CONFIG`. */
export function readJobs(text: string, dir = '.', name = 'jobs.yaml'): JobFile {
  return parseJobFile(text, {
    name,
    dir,
    command: run,
    check: (args) => void readRunOptions({ ...DEFAULTS, ...args, input: ['-'] }, false),
  });
}
