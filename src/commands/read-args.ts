import { usage } from './parse-values.ts';

/** Reads the values of a command line as yargs gives them. */
export interface ArgsReader {
  /** The text of an option; undefined where it was not given. */
  text(name: string): string | undefined;
  /** The text of an option, parsed. */
  given<T>(name: string, parse: (option: string, text: string) => T): T | undefined;
  /** The same for an option that has a default. */
  need<T>(name: string, parse: (option: string, text: string) => T): T;
  flag(name: string): boolean | undefined;
}

/** A reader of `args`. What it cannot read is a mistake on the command line: it throws `ERR_USAGE`. */
export function createArgsReader(args: Readonly<Record<string, unknown>>): ArgsReader {
  const text: ArgsReader['text'] = (name) => {
    const value = args[name];
    if (Array.isArray(value)) throw usage(`--${name} was given more than once`);
    if (value === '') throw usage(`--${name} needs a value`);
    return typeof value === 'string' ? value : undefined;
  };
  const given: ArgsReader['given'] = (name, parse) => {
    const value = text(name);
    return value === undefined ? undefined : parse(name, value);
  };
  return {
    text,
    given,
    need(name, parse) {
      const value = given(name, parse);
      if (value === undefined) throw usage(`--${name} needs a value`);
      return value;
    },
    flag(name) {
      const value = args[name];
      return typeof value === 'boolean' ? value : undefined;
    },
  };
}

/** `{ [name]: value }`, or nothing where there is no value: optional properties are left out, not undefined. */
export function optional<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: V });
}
