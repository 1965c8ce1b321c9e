import type { Argv } from 'yargs';
import type { Command } from '../commands/command.ts';
import { emulate } from '../commands/emulate/command.ts';
import { createHelp } from '../commands/help/command.ts';
import { init } from '../commands/init/command.ts';
import { merge } from '../commands/merge/command.ts';
import { probe } from '../commands/probe/command.ts';
import { pull } from '../commands/pull/command.ts';
import { report as reportCommand } from '../commands/report/command.ts';
import { apply } from '../commands/run/changes/apply-command.ts';
import { plan } from '../commands/run/changes/plan-command.ts';
import { run } from '../commands/run/command.ts';
import { undo } from '../commands/run/undo/undo-command.ts';
import { runs } from '../commands/runs/command.ts';
import { test } from '../commands/test/command.ts';
import { crashText } from '../core/crash-report.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import { type OptionSources, optionTexts } from '../core/option-sources.ts';
import { printText } from '../core/shown-text.ts';
import { VERSION } from '../core/version.ts';
import { topicList } from '../manual/topics.ts';
import { takingJob } from './taking-job.ts';
import { usageText } from './usage-errors.ts';

// a probe is slower than a job
const probeOfJob = takingJob(probe, ['rate']);
// what a job does night after night is its own
const OF_NIGHTS = ['metrics-file', 'keep', 'keep-personal', 'accept-bad-rows'];
const WORKING: readonly Command[] = [
  run,
  plan,
  takingJob(apply, OF_NIGHTS),
  takingJob(undo, OF_NIGHTS),
  runs,
  test,
  takingJob(pull),
  init,
  probeOfJob,
  merge,
  reportCommand,
  emulate,
];
/** Every command; `help` explains the others. */
export const COMMANDS: readonly Command[] = [...WORKING, createHelp(WORKING)];
/** Names that are read elsewhere and are no options. */
const OTHER_NAMES = ['API_KEY', 'API_SECRET', 'NOTIFY_URL', 'REDIS_URL'].flatMap((name) => [
  name,
  `${name}_FILE`,
]);
/** Stands for a lone `-` while yargs parses: in a positional it takes that for an option and drops it. */
const DASH = '\u2010';

/** Parses the command line, runs the command, gives the exit code. Mistakes of the user never show a stack. */
export async function cli(argv: readonly string[], host: Host): Promise<number> {
  const version = `livedesk-sync ${VERSION} (${host.runtime})`;
  if (argv.length === 1 && /^(?:--version|-v)$/.test(argv[0] ?? '')) {
    host.stdout.write(`${version}\n`);
    return EXIT.ok;
  }
  // asked for the version, the program starts without it
  const { default: yargs } = await import('yargs');
  let parser = yargs()
    .scriptName('livedesk-sync')
    .usage('$0 <command>\n\nSync contacts from CSV or JSONL files to EngageLab LiveDesk.')
    .version(version)
    .help()
    .alias({ h: 'help', v: 'version' })
    .wrap(Math.min(host.stdout.columns ?? 100, 110))
    .parserConfiguration({
      'camel-case-expansion': false,
      'duplicate-arguments-array': true,
      'parse-numbers': false,
    })
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'Which command? See --help.')
    .epilogue(
      `Credentials come from LIVEDESK_API_KEY and LIVEDESK_API_SECRET, never from the command line.\n\n${topicList()}`,
    )
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? new RunError('ERR_USAGE', usageText(message, argv, optionNames));
    });
  for (const command of COMMANDS) {
    let environment: Record<string, unknown> = {};
    parser = parser.command(
      command.usage,
      command.describe,
      (own: Argv) => {
        environment = command.readsEnvironment ? fromEnvironment(command, host) : {};
        return declare(own, command).config(environment);
      },
      (args) => {
        throw new Chosen(command, withDashes(args), givenOptions(command, args, argv, environment));
      },
    );
  }
  try {
    await parser.parseAsync(
      asHelp(argv).map((arg) => (arg === '-' ? DASH : withPlainBoolean(arg))),
      {},
      (_error, _args, output) => {
        if (output) host.stdout.write(`${output}\n`);
      },
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Chosen)) return report(error, argv, host);
    return await error.command.run(error.args, host, error.given).catch((fault) => report(fault, argv, host));
  }
}

// --- internal ---

/** Thrown to leave yargs with a command: from one that returns, it goes on to draw up that command's help for nobody. */
class Chosen extends Error {
  readonly command: Command;
  readonly args: Record<string, unknown>;
  readonly given: OptionSources;

  constructor(command: Command, args: Record<string, unknown>, given: OptionSources) {
    super('a command was chosen');
    this.command = command;
    this.args = args;
    this.given = given;
  }
}

/** What of `args` stands on the command line, and what in the environment; the rest are defaults. */
function givenOptions(
  command: Command,
  args: Readonly<Record<string, unknown>>,
  argv: readonly string[],
  environment: Readonly<Record<string, unknown>>,
): OptionSources {
  const isFlag = (name: string, alias: unknown): boolean =>
    argv.some(
      (arg) =>
        arg === `--${name}` ||
        arg === `--no-${name}` ||
        arg.startsWith(`--${name}=`) ||
        (typeof alias === 'string' && arg.startsWith(`-${alias}`) && !arg.startsWith('--')),
    );
  const names = Object.keys(command.options).filter((name) => isFlag(name, command.options[name]?.alias));
  const twice = names.find((name) => command === run && Array.isArray(args[name]));
  if (twice !== undefined) throw new RunError('ERR_USAGE', `--${twice} was given more than once`);
  const { input, ...rest } = environment;
  return {
    flags: optionTexts(Object.fromEntries(names.map((name) => [name, args[name]]))),
    environment: optionTexts({ ...rest, ...(Array.isArray(input) && { input: input.join(' ') }) }),
  };
}

/** `help run` as `run --help`. */
function asHelp(argv: readonly string[]): readonly string[] {
  const [first, name = '', ...rest] = argv;
  const isCommand = COMMANDS.some(({ usage }) => usage.split(' ')[0] === name);
  return first === 'help' && isCommand ? [name, ...rest, '--help'] : argv;
}

function withDashes(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const back = (value: unknown): unknown =>
    value === DASH ? '-' : Array.isArray(value) ? value.map(back) : value;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, back(value)]));
}

function declare(own: Argv, command: Command): Argv {
  for (const [name, settings] of Object.entries(command.positionals ?? {})) {
    own.positional(name, settings as Parameters<Argv['positional']>[1]);
  }
  for (const [line, what] of command.examples) own.example(line, what);
  for (const [name, option] of Object.entries(command.options)) {
    // without it, an option at the end of a line would silently keep its default
    own.option(name, option.type === 'boolean' ? option : { ...option, requiresArg: true });
  }
  return own.epilogue(`See livedesk-sync help TOPIC for: ${command.topics.join(', ')}`);
}

/** Options set as `LIVEDESK_<NAME>`. Unknown names are told, not refused: orchestrators inject such. */
function fromEnvironment(command: Command, host: Host): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const off: string[] = [];
  const known = new Map(
    Object.entries(command.options).map(([name, option]) => [environmentName(name), { name, option }]),
  );
  for (const [key, value] of Object.entries(host.env)) {
    if (!key.startsWith('LIVEDESK_') || value === undefined || value === '') continue;
    const name = key.slice('LIVEDESK_'.length);
    const found = known.get(name);
    if (found) values[found.name] = found.option.type === 'boolean' ? toBoolean(key, value) : value;
    else if (isNegated(command, name)) off.push(...(toBoolean(key, value) ? [name] : []));
    else if (name === 'INPUT' && command.positionals?.['input'])
      values['input'] = value.split(/\s+/).filter(Boolean);
    else if (!OTHER_NAMES.includes(name) && !isOfAnother(name)) {
      printText(host.stderr, `warning: ${key} is set, but there is no option of that name\n`);
    }
  }
  for (const option of command.negatable ?? []) {
    if (!off.includes(negatedName(option))) continue;
    if (values[option] !== undefined) {
      throw new RunError(
        'ERR_USAGE',
        `LIVEDESK_${environmentName(option)} and LIVEDESK_${negatedName(option)} exclude each other`,
      );
    }
    values[option] = false;
  }
  return values;
}

/** One environment may serve several commands. */
function isOfAnother(name: string): boolean {
  return COMMANDS.some(
    (command) =>
      command.readsEnvironment &&
      (isNegated(command, name) ||
        Object.keys({ ...command.options, ...command.positionals }).some(
          (option) => environmentName(option) === name,
        )),
  );
}

function isNegated({ negatable = [] }: Command, name: string): boolean {
  return negatable.some((option) => negatedName(option) === name);
}

function negatedName(option: string): string {
  return environmentName(`no-${option}`);
}

function environmentName(option: string): string {
  return option.toUpperCase().replaceAll('-', '_');
}

function toBoolean(key: string, value: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(value)) return true;
  if (/^(?:0|false|no|off)$/i.test(value)) return false;
  throw new RunError('ERR_USAGE', `${key} takes true or false, not ${JSON.stringify(value)}`);
}

/** Names of the options of all commands. */
/** The names of the options of a command, or, without one, of all commands; none where there is no such command. */
function optionNames(command?: string): string[] {
  const named = COMMANDS.filter(({ usage }) => command === undefined || usage.split(' ')[0] === command);
  return [...new Set(named.flatMap(({ options }) => Object.keys(options)))];
}

/** `--dry-run=yes` as `--dry-run=true`: yargs takes every word but "true" for false, and would send. */
function withPlainBoolean(arg: string): string {
  const [, name = '', value = ''] = /^--([\w-]+)=(.*)$/s.exec(arg) ?? [];
  const isBoolean = COMMANDS.some(({ options }) => options[name]?.type === 'boolean');
  return isBoolean ? `--${name}=${toBoolean(`--${name}`, value)}` : arg;
}

/** A mistake of the user in one message; a bug of ours with its stack. */
function report(error: unknown, argv: readonly string[], host: Host): number {
  if (error instanceof RunError) {
    printText(host.stderr, `livedesk-sync: ${error.message} (${error.code})\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'YError') {
    return report(new RunError('ERR_USAGE', usageText(error.message, argv, optionNames)), argv, host);
  }
  printText(host.stderr, crashText(error));
  return EXIT.bug;
}
