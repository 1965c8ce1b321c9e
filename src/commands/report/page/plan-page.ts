import { count, time } from '../format.ts';
import { FIRST_CONTACTS, type PlannedContact, type PlanReport } from '../plan-model.ts';
import { comparedText, effortText, planSentence } from '../plan-text.ts';
import { type DrawnContact, drawPlan } from './draw-plan.ts';
import { escapeHtml, scriptJson } from './escape.ts';
import { htmlDocument } from './html-document.ts';

/**
 * A plan as one HTML document that needs nothing but itself, for a person to approve: its text in pieces, for `all` may be
 * more contacts than memory should hold.
 */
export async function* planPage(
  report: PlanReport,
  all: AsyncIterable<PlannedContact>,
): AsyncGenerator<string> {
  const { header, contacts } = report;
  const sentence = planSentence(header);
  const [before = '', after = ''] = htmlDocument({
    title: sentence,
    body: [
      `<h1>${escapeHtml(sentence)}</h1>`,
      origin(report),
      figures(report),
      fieldsTable(report),
      ...(contacts.length === 0
        ? []
        : [
            changes(report),
            next(report),
            `<script type="application/json" id="contacts">[${CONTACTS}]</script>`,
          ]),
    ],
    footer: `livedesk-contact-sync ${header.tool_version}, plan of ${time(header.created_at)}`,
    drawn: [],
    scripts: contacts.length === 0 ? [] : [`(${drawPlan.toString()})(${FIRST_CONTACTS});`],
  }).split(CONTACTS);
  let text = before;
  let separator = '';
  for await (const contact of all) {
    text += separator + scriptJson(drawn(contact));
    separator = ',\n';
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = '';
  }
  yield text + after;
}

// --- internal ---

/** Stands where the contacts are to stand; no text on a page has this character. */
const CONTACTS = '\u0000';
/** Text collected before it is handed on. */
const PIECE_LENGTH = 64 * 1024;

function drawn({ contact, rows, fields }: PlannedContact): DrawnContact {
  return [contact, rows, fields.map(({ path, from, to }) => [path, from, to])];
}

function origin({ header }: PlanReport): string {
  const inputs = header.inputs.map(({ name }) => `<code>${escapeHtml(name)}</code>`).join(', ');
  return `<p class="muted">${inputs} to <code>${escapeHtml(header.base_url)}</code>, account <code>${escapeHtml(header.account)}</code>, made ${time(header.created_at)}; ${comparedText(header)}.</p>`;
}

function figures({ header }: PlanReport): string {
  const cell = (term: string, value: string): string => `<div><dt>${term}</dt><dd>${value}</dd></div>`;
  const rows = Object.entries(header.rows).map(([status, of]) => cell(`rows ${status}`, count(of)));
  return `<dl>${[cell('contacts', count(header.contacts)), ...rows, cell('to apply it', escapeHtml(effortText(header)))].join('')}</dl>`;
}

function fieldsTable({ header }: PlanReport): string {
  const lines = Object.entries(header.fields).map(
    ([path, of]) =>
      `<tr><th scope="row"><code>${escapeHtml(path)}</code></th><td class="n">${count(of)}</td></tr>`,
  );
  if (lines.length === 0) return '';
  return [
    '<h2>Fields</h2>',
    '<div class="scroll" tabindex="0" role="region" aria-label="Fields that would change">',
    '<table><thead><tr><th scope="col">field</th><th scope="col" class="n">contacts</th></tr></thead>',
    `<tbody>${lines.join('\n')}</tbody></table></div>`,
  ].join('\n');
}

function changes({ header, contacts }: PlanReport): string {
  const heads = ['contact', 'field', 'now', 'then', 'rows'].map((name) => `<th scope="col">${name}</th>`);
  const lines = contacts.flatMap(({ contact, rows, fields }) =>
    fields.map(
      ({ path, from, to }) =>
        `<tr><th scope="row" data-label="contact"><span>${contact}</span></th>${[
          cell('field', path),
          cell('now', from),
          cell('then', to),
          cell('rows', rows),
        ].join('')}</tr>`,
    ),
  );
  return [
    '<section id="changes"><h2>What would change</h2>',
    '<div class="search"><label for="search">Search contacts, fields and values</label><input id="search" type="search" autocomplete="off"><output id="found" for="search"></output></div>',
    '<div class="cards whole">',
    `<table><thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>${lines.join('\n')}</tbody></table></div>`,
    '<button id="more" type="button" hidden>Show more</button>',
    header.contacts > contacts.length
      ? `<noscript><p>The first ${contacts.length} contacts; the others are shown where scripts may run.</p></noscript>`
      : '',
    '</section>',
  ].join('\n');
}

function cell(label: string, text: string | null): string {
  const inner = text === null ? '<span class="muted">nothing</span>' : `<span>${escapeHtml(text)}</span>`;
  return `<td data-label="${label}">${inner}</td>`;
}

function next(report: PlanReport): string {
  const steps = report.next.map(
    ({ words, command }) =>
      `<p>${escapeHtml(words)}:</p><pre class="command"><code>${escapeHtml(command)}</code></pre>`,
  );
  return `<section class="next" aria-labelledby="next"><h2 id="next">What to do next</h2>\n${steps.join('\n')}</section>`;
}
