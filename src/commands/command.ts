import type { Options } from 'yargs';
import type { Host } from '../core/host.ts';
import type { OptionSources } from '../core/option-sources.ts';
import type { Topic } from '../manual/topics.ts';

/** A command of the CLI as data: `cli.ts` makes yargs of it. */
export interface Command {
  /** Name with its positionals in yargs notation, e.g. `run <input..>`. */
  readonly usage: string;
  readonly describe: string;
  readonly positionals?: Readonly<Record<string, Options>>;
  readonly options: Readonly<Record<string, Options>>;
  /** Whether each option is also an environment variable `LIVEDESK_<NAME>`. */
  readonly readsEnvironment?: boolean;
  /** Options with a value that are turned off by `--no-NAME`, or in the environment by `LIVEDESK_NO_<NAME>`. */
  readonly negatable?: readonly string[];
  /** Pairs of a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Pages of the manual that say more; the help names them at its end. */
  readonly topics: readonly Topic[];
  /** Does the work and gives the exit code; `given` says which of `args` are no defaults. Throws `RunError` for what the user can mend. */
  run(args: Readonly<Record<string, unknown>>, host: Host, given?: OptionSources): Promise<number>;
}
