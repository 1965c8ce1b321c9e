import type { RowLine, SendingLine } from './journal-lines.ts';

/**
 * A row line as `JSON.stringify` spells it, in a fraction of its time: most lines hold numbers, words of ours and the same few
 * lists of fields, whose texts `textOf` keeps. Lines that hold anything else are left to `JSON.stringify` itself.
 */
export function rowText(line: RowLine, textOf: (fields: readonly string[]) => string): string {
  const { error, dropped, conflicts, not_applied, kept, reject, position } = line;
  if (error || dropped || conflicts || not_applied || kept || reject || position) return JSON.stringify(line);
  let text = '{"type":"row"';
  if (line.input !== undefined) text += `,"input":${line.input}`;
  text += `,"row":${line.row},"line":${line.line}`;
  if (line.contact_id !== undefined) text += `,"contact_id":${line.contact_id}`;
  text += `,"status":"${line.status}"`;
  if (line.reason !== undefined) text += `,"reason":"${line.reason}"`;
  if (line.http_status !== undefined) text += `,"http_status":${line.http_status}`;
  if (line.attempts !== undefined) text += `,"attempts":${line.attempts}`;
  if (line.duration_ms !== undefined) text += `,"duration_ms":${line.duration_ms}`;
  if (line.fields) text += `,"fields":${textOf(line.fields)}`;
  text += `,"at":"${line.at}"`;
  if (line.set !== undefined) text += `,"set":${line.set}`;
  return `${text}}`;
}

/** The same of a line that says what a row is about to send. */
export function sendingText({ input, row, contact_id, set, made, position }: SendingLine): string {
  const place = input === undefined ? '' : `,"input":${input}`;
  const fields = set === undefined ? '' : `,"set":${set}`;
  const from = position === undefined ? '' : `,"position":${JSON.stringify(position)}`;
  const isMade = made ? ',"made":true' : '';
  return `{"type":"sending"${place},"row":${row},"contact_id":${contact_id}${fields}${isMade}${from}}`;
}
