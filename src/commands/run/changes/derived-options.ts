import type { OptionSources, OptionTexts } from '../../../core/option-sources.ts';
import type { Command } from '../../command.ts';

/** The options of another command, without those of these names. */
export function optionsWithout(options: Command['options'], names: readonly string[]): Command['options'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

/** What of the given options a command has: the environment of a job speaks of others as well. */
export function knownTo({ options }: Command, { flags, environment }: OptionSources): OptionSources {
  const known = (given: OptionTexts): OptionTexts =>
    Object.fromEntries(Object.entries(given).filter(([name]) => name in options || OF_JOBS.includes(name)));
  return { flags: known(flags), environment: known(environment) };
}

// --- internal ---

const OF_JOBS = ['job', 'config'];
