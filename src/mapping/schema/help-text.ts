import { CONFLICT_POLICIES, EMPTY_POLICIES, MISSING_POLICIES, PARTIAL_POLICIES } from '../policies.ts';
import { ADDITIONAL_KEYS, COLUMN_NAMES, ignoredBy, SOCIAL_NETWORKS } from '../targets.ts';
import {
  DOCUMENT_WORDS,
  POLICY_WORDS,
  READING_WORDS,
  SOURCE_WORDS,
  TYPE_WORDS,
  wordsOf,
} from '../vocabulary.ts';

/** The mapping language for a terminal, at most `width` columns; the words are those the loader knows. */
export function mappingHelp(width: number): string {
  const table = (rows: readonly (readonly [string, string])[]) => tableText(rows, width);
  const isIgnored = (key: (typeof COLUMN_NAMES)[number]) => ignoredBy({ kind: 'column', key }) !== undefined;
  return [
    'A mapping, YAML or JSON, says which columns go to which fields. "livedesk-sync init FILE" drafts one.',
    EXAMPLE,
    'The document',
    table(wordsOf(DOCUMENT_WORDS).map((word) => [word, DOCUMENT_WORDS[word]])),
    `on_missing is ${MISSING_POLICIES.join(', ')}.`,
    'Fields to set',
    table([
      [COLUMN_NAMES.filter((key) => !isIgnored(key)).join(', '), 'columns of the contact'],
      ['custom_attributes.<key>', 'an attribute of your own; others are kept'],
      ['custom_attributes.*', 'one for each column that a pattern matches'],
      ['additional_attributes.<key>', `${ADDITIONAL_KEYS.join(', ')}, or another; others are kept`],
      ['additional_attributes.social_profiles.<key>', SOCIAL_NETWORKS.join(', ')],
      ['custom_attributes, additional_attributes', 'a whole object, in JSONL or as JSON text'],
      [COLUMN_NAMES.filter(isIgnored).join(', '), 'allowed, but LiveDesk is known or likely to ignore them'],
    ]),
    'A field is a column, a template if it has braces, or written out as { … } with one of',
    table(wordsOf(SOURCE_WORDS).map((word) => [word, SOURCE_WORDS[word]])),
    'and any of',
    table([
      ...wordsOf(READING_WORDS).map((word) => [word, READING_WORDS[word]] as const),
      ...wordsOf(POLICY_WORDS).map((word) => [word, POLICY_WORDS[word]] as const),
    ]),
    [
      `empty and null are ${EMPTY_POLICIES.join(', ')}; partial is ${PARTIAL_POLICIES.join(', ')};`,
      `on_conflict is ${CONFLICT_POLICIES.join(', ')}.`,
    ].join(' '),
    'Types',
    table(wordsOf(TYPE_WORDS).map((word) => [word, TYPE_WORDS[word]])),
    'For editors: livedesk-sync help mapping --schema prints the JSON Schema.',
    '',
  ].join('\n\n');
}

// --- internal ---

const EXAMPLE = `  version: 1
  match: { identifier: Id, email: Email }            # or contact_id: <column>, where the LiveDesk id is known
  fields:
    name: "{First Name} {Last Name}"
    email: Email
    phone_number: { column: Phone, country: US }
    additional_attributes.company_name: Company
    custom_attributes.tier: { column: Tier, values: { G: gold, P: platinum }, otherwise: error }
    custom_attributes.score: { column: Score, type: number, decimal: "," }
    custom_attributes.renewal: { column: Renewal, type: date, format: dd/MM/yyyy }
    custom_attributes.source: { value: crm }`;

/** Two columns; a long first cell has a line of its own, a long second one goes on below itself. */
function tableText(rows: readonly (readonly [string, string])[], width: number): string {
  const most = 24;
  const first = Math.max(...rows.map(([cell]) => (cell.length > most ? 0 : cell.length)));
  return rows
    .flatMap(([name, text]) => {
      const lines = wrapped(text, Math.max(20, width - first - 4));
      const indent = ' '.repeat(first + 4);
      if (name.length > first) {
        return [
          ...wrapped(name, width - 2).map((line) => `  ${line}`),
          ...lines.map((line) => indent + line),
        ];
      }
      return lines.map((line, index) =>
        index === 0 ? `  ${name.padEnd(first)}  ${line}` : `${indent}${line}`,
      );
    })
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
