import type { Command } from '../command.ts';

/** An option as it is declared. */
type Option = Command['options'][string];

/** Every option of every command as Markdown, made from the declarations that parse the command line. */
export function optionTables(commands: readonly Command[]): string {
  return commands
    .map(({ usage, describe, options }) => {
      const parts = [`## \`livedesk-sync ${usage}\``, `${describe}.`];
      for (const [heading, members] of grouped(options)) {
        if (heading !== OTHER) parts.push(`### ${heading}`);
        parts.push(['| option | default | meaning |', '|---|---|---|', ...members.map(optionRow)].join('\n'));
      }
      if (Object.keys(options).length === 0) parts.push('It has no options.');
      return parts.join('\n\n');
    })
    .join('\n\n');
}

// --- internal ---

const OTHER = '';

function grouped(options: Readonly<Record<string, Option>>): Map<string, (readonly [string, Option])[]> {
  const groups = new Map<string, (readonly [string, Option])[]>();
  for (const entry of Object.entries(options)) {
    const heading = entry[1].group?.replace(/:$/, '') ?? OTHER;
    groups.set(heading, [...(groups.get(heading) ?? []), entry]);
  }
  return groups;
}

function optionRow([name, option]: readonly [string, Option]): string {
  const alias = typeof option.alias === 'string' ? `-${option.alias}, ` : '';
  const value = option.type === 'boolean' ? '' : ' VALUE';
  // a default that depends on something stands at the end of the description
  const [, text = '', described] = /^(.*?)(?: \[default: (.*)\])?$/s.exec(option.describe ?? '') ?? [];
  const choices = option.choices ? `; one of ${option.choices.join(', ')}` : '';
  return `| \`${alias}--${name}${value}\` | ${described === undefined ? plainDefault(option) : inCell(described)} | ${inCell(text + choices)} |`;
}

function plainDefault({ default: value, type }: Option): string {
  if (type === 'boolean') return value === true ? 'on' : 'off';
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${String(value)}\``;
}

/** Text in a cell of a table: angle brackets are no markup there, and a bar does not end it. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}
