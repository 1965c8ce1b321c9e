import type { JsonObject } from '../../core/types.ts';
import { flow, keyText } from '../load/flow-text.ts';
import { looksLikeTemplate } from '../parse/template.ts';
import type { Draft, DraftField } from './draft.ts';

/** What a draft says of itself. */
export interface DraftOrigin {
  /** Where the JSON Schema lies, as the mapping file reaches it. */
  readonly schema: string;
  /** The input, as the user calls it. */
  readonly input: string;
}

/** The draft as a mapping file in YAML: a reason at the end of each line, and what is only offered as comments. */
export function draftText(draft: Draft, { schema, input }: DraftOrigin): string {
  const { product, contact, fields, rest } = draft;
  const name = input === '-' ? 'stdin' : JSON.stringify(input);
  const origin = product === undefined ? '' : `, by its columns an export of ${product}`;
  const hasAdditional = fields.some(({ path }) => path.startsWith('additional_attributes.'));
  const lines: Line[] = [
    `# yaml-language-server: $schema=${schema}`,
    `# Drafted from ${name}${origin}.`,
    '# Read each line before the first run; "livedesk-sync help mapping" explains the language.',
    'version: 1',
    '',
    ...contactLines(contact),
    'fields:',
    ...fields.flatMap(fieldLines),
  ];
  if (rest.length > 0) {
    lines.push(
      '',
      '  # Not mapped, so not sent. Uncomment what agents should see.',
      ...rest.flatMap(fieldLines),
    );
  }
  if (hasAdditional) {
    lines.push('', [
      '# additional_attributes: merges',
      'saves a request a row, once you know that the account merges them',
    ]);
  }
  return `${aligned(lines).join('\n')}\n`;
}

// --- internal ---

/** A line, or a line and the comment at its end. */
type Line = string | readonly [text: string, comment: string];

function contactLines(contact: Draft['contact']): readonly Line[] {
  if (contact.kind === 'id') return [[`contact_id: ${flow(contact.column)}`, contact.why], ''];
  return [
    '# No column holds the LiveDesk contact id, so contacts are found by keys, tried in this order.',
    'match:',
    ...contact.keys.flatMap(fieldLines),
    ['# on_missing: skip', 'or create, with inbox_id; left out, a row without a contact is invalid'],
    '',
  ];
}

function fieldLines({ path, field, why, isOffered, blank }: DraftField): readonly Line[] {
  const key = `${isOffered ? '# ' : ''}${keyText(path)}`;
  if (blank === undefined || isOffered) return [[`  ${key}: ${shortest(field)}`, why]];
  return [
    [`  ${key}:`, why],
    ...Object.entries(field).map(([option, value]) => `    ${keyText(option)}: ${flow(value)}`),
    [`    # ${blank.option}: ${blank.value}`, blank.why],
  ];
}

function shortest(field: JsonObject): string {
  const [only, ...others] = Object.entries(field);
  if (only === undefined || others.length > 0) return flow(field);
  const [option, value] = only;
  if (typeof value !== 'string') return flow(field);
  return (option === 'template') === looksLikeTemplate(value) ? flow(value) : flow(field);
}

/** Comments in one column, as far as most lines reach. */
function aligned(lines: readonly Line[]): readonly string[] {
  const most = 56;
  const widths = lines.map((line) => (typeof line === 'string' ? 0 : line[0].length));
  const column = Math.max(...widths.filter((width) => width <= most));
  return lines.map((line) => (typeof line === 'string' ? line : `${line[0].padEnd(column)}  # ${line[1]}`));
}
