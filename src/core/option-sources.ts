/** Values of options by their long names, as texts; `true` and `false` are switches. */
export type OptionTexts = Readonly<Record<string, string | boolean>>;

/** The options that a user gave, without defaults, and where: a flag wins over the environment. */
export interface OptionSources {
  readonly flags: OptionTexts;
  readonly environment: OptionTexts;
}

/** The values that are texts or switches. */
export function optionTexts(values: Readonly<Record<string, unknown>>): OptionTexts {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string | boolean] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'boolean',
    ),
  );
}
