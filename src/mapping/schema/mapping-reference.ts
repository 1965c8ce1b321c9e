import { OPTION_WORDS, OPTIONS } from '../options.ts';
import {
  CONFLICT_POLICIES,
  EMPTY_POLICIES,
  FIELD_TYPES,
  MISSING_POLICIES,
  PARTIAL_POLICIES,
} from '../policies.ts';
import { ADDITIONAL_KEYS, COLUMN_NAMES, ignoredBy, SOCIAL_NETWORKS } from '../targets.ts';
import { DOCUMENT_WORDS, SOURCE_WORDS, wordsOf } from '../vocabulary.ts';

/** The mapping language as Markdown for the manual; the words are those that the loader knows. */
export function mappingReference(): string {
  const isIgnored = (key: (typeof COLUMN_NAMES)[number]) => ignoredBy({ kind: 'column', key }) !== undefined;
  return [
    '### Keys of the document',
    table('key', wordsTable(DOCUMENT_WORDS)),
    `\`on_missing\` is ${codes(MISSING_POLICIES)}.`,
    '### Fields to set',
    table('field', [
      [codes(COLUMN_NAMES.filter((key) => !isIgnored(key))), 'columns of the contact'],
      ['`custom_attributes.<key>`', 'an attribute of your own; others are kept'],
      ['`custom_attributes.*`', 'one for each column that a pattern matches'],
      ['`additional_attributes.<key>`', `${codes(ADDITIONAL_KEYS)}, or another; others are kept`],
      ['`additional_attributes.social_profiles.<key>`', codes(SOCIAL_NETWORKS)],
      [codes(['custom_attributes', 'additional_attributes']), 'a whole object, in JSONL or as JSON text'],
      [
        codes(COLUMN_NAMES.filter(isIgnored)),
        'allowed, but LiveDesk is known or likely to ignore them: one warning',
      ],
    ]),
    '### A field',
    'A field is the name of a column, a template if it has braces, or written out as `{ … }` with one of',
    table('key', wordsTable(SOURCE_WORDS)),
    'and any of',
    table(
      'key',
      OPTION_WORDS.map((word) => [`\`${word}\``, OPTIONS[word].help]),
    ),
    [
      `\`empty\` and \`null\` are ${codes(EMPTY_POLICIES)}; \`partial\` is ${codes(PARTIAL_POLICIES)};`,
      `\`on_conflict\` is ${codes(CONFLICT_POLICIES)}.`,
    ].join(' '),
    '### Types',
    table('type', wordsTable(FIELD_TYPES)),
  ].join('\n\n');
}

// --- internal ---

type Row = readonly [cell: string, meaning: string];

function wordsTable<K extends string>(words: Readonly<Record<K, string>>): readonly Row[] {
  return wordsOf(words).map((word) => [`\`${word}\``, words[word]]);
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

function table(head: string, rows: readonly Row[]): string {
  return [
    `| ${head} | meaning |`,
    '|---|---|',
    ...rows.map(([cell, meaning]) => `| ${cell} | ${meaning} |`),
  ].join('\n');
}
