import type { Command } from '../commands/command.ts';
import { usage } from '../commands/parse-values.ts';
import { JOB_RULES, run } from '../commands/run/command.ts';
import { GROUPS } from '../commands/shared-options.ts';

/**
 * The command with `--job`: it takes the credentials of a job, and whichever of its options the command has, as a run of the
 * job does. `own` are options that mean something else for the command.
 */
export function takingJob(command: Command, own: readonly string[] = []): Command {
  return {
    ...command,
    options: {
      ...command.options,
      job: {
        type: 'string',
        group: GROUPS.jobs,
        describe: 'Take credentials and options of that job of livedesk-sync.yaml',
      },
      config: { ...run.options['config'] },
    },
    async run(args, host, given = { flags: {}, environment: {} }) {
      if (args['job'] === undefined) {
        if (given.flags['config'] !== undefined) throw usage('--config goes with --job NAME');
        return command.run(args, host, given);
      }
      const { takeJob } = await import('../commands/run/jobs/take-job.ts');
      const taken = await takeJob({ given, inputs: [], host }, JOB_RULES);
      const ofJob = Object.entries(taken.given.environment).filter(
        ([name]) =>
          name in command.options &&
          !own.includes(name) &&
          given.flags[name] === undefined &&
          given.environment[name] === undefined,
      );
      const environment = Object.fromEntries(
        Object.entries(taken.given.environment).filter(
          ([name]) => !own.includes(name) || given.environment[name] !== undefined,
        ),
      );
      return command
        .run({ ...args, ...Object.fromEntries(ofJob) }, taken.host, { ...taken.given, environment })
        .catch((error) => {
          throw taken.inWordsOfJob?.(error) ?? error;
        });
    },
  };
}
