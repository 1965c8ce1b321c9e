import { count, time } from '../format.ts';
import type { JobNights, Night, NightsReport } from '../nights-model.ts';
import { nightLabels, nightsSentence, standingText } from '../nights-text.ts';
import type { Chart, ChartFrame } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { figure } from './figure.ts';
import { htmlDocument } from './html-document.ts';

/** Fewer nights than this make no picture. */
const FEWEST_NIGHTS = 2;

/** The nights of each job as one HTML document that needs nothing but itself. */
export function nightsPage({ jobs, tool_version }: NightsReport): string {
  const [only] = jobs;
  const title = jobs.length === 1 && only ? `The nights of ${only.job}` : `The nights of ${jobs.length} jobs`;
  const drawn = jobs.map((job, i) => ({
    charts: job.nights.length < FEWEST_NIGHTS ? [] : chartsOf(job, i),
    frame: frameOf(job),
  }));
  return htmlDocument({
    title,
    body: [
      `<h1>${escapeHtml(title)}</h1>`,
      ...jobs.map((job, i) => section(job, jobs.length > 1, drawn[i]?.charts ?? [], frameOf(job))),
    ],
    footer: `livedesk-contact-sync ${tool_version}`,
    drawn,
  });
}

// --- internal ---

function section(job: JobNights, isNamed: boolean, charts: readonly Chart[], frame: ChartFrame): string {
  return [
    '<section>',
    isNamed ? `<h2>${escapeHtml(job.job)}</h2>` : '',
    `<p>${escapeHtml(nightsSentence(job))}</p>`,
    `<div class="nights">${charts.map((chart) => figure(chart, frame)).join('\n')}</div>`,
    table(job),
    '</section>',
  ].join('\n');
}

function frameOf({ nights }: JobNights): ChartFrame {
  return {
    atS: nights.map((_, i) => i),
    sliceS: 1,
    waits: nights.map(() => 0),
    resumes: [],
    labels: nightLabels(nights),
  };
}

function chartsOf({ nights }: JobNights, place: number): Chart[] {
  const of = (value: (night: Night) => number | null): (number | null)[] => nights.map(value);
  const bars = { kind: 'stack', isLog: false } as const;
  const told = (
    title: string,
    what: string,
    value: (night: Night) => number | null,
  ): Pick<Chart, 'title' | 'says'> => ({
    title,
    says: `${rangeText(of(value))} ${what}.`,
  });
  const isNewsKnown = nights.some(({ new_bad_rows: fresh }) => fresh !== null);
  const charts: Chart[] = [
    {
      ...bars,
      ...told('Rows', 'rows a night', ({ rows, pending }) => rows + pending),
      id: `rows-${place}`,
      unit: 'rows',
      series: [
        { label: 'good', colour: 'good', values: of(({ rows, bad_rows: bad }) => rows - bad) },
        { label: 'bad', colour: 'rejected', values: of(({ bad_rows: bad }) => bad) },
        { label: 'pending', colour: 'pending', values: of(({ pending }) => pending) },
      ],
    },
    {
      ...bars,
      ...told('Bad rows', 'bad rows a night', ({ bad_rows: bad }) => bad),
      id: `bad-${place}`,
      unit: 'rows',
      series: isNewsKnown
        ? [
            {
              label: 'known before',
              colour: 'invalid',
              values: of(({ bad_rows: bad, new_bad_rows: fresh }) => bad - (fresh ?? 0)),
            },
            { label: 'new', colour: 'rejected', values: of(({ new_bad_rows: fresh }) => fresh) },
          ]
        : [{ label: 'bad', colour: 'rejected', values: of(({ bad_rows: bad }) => bad) }],
    },
    {
      ...bars,
      ...told('Minutes', 'minutes a night', ({ minutes }) => minutes),
      id: `minutes-${place}`,
      unit: 'minutes, of the last process of a run',
      series: [{ label: 'minutes', colour: 'updated', values: of(({ minutes }) => minutes) }],
    },
    {
      ...bars,
      ...told('Rate', 'requests a second', ({ rate }) => rate),
      id: `rate-${place}`,
      unit: 'requests/s',
      series: [{ label: 'requests/s', colour: 'updated', values: of(({ rate }) => rate) }],
    },
  ];
  return charts.map((chart) => ({
    ...chart,
    series: chart.series.filter(({ values }, i) => i === 0 || values.some((value) => (value ?? 0) > 0)),
  }));
}

/** `3 to 230`, of the values that are known. */
function rangeText(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'No';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? count(least) : `${count(least)} to ${count(most)}`;
}

/** The newest first. */
function table({ job, nights }: JobNights): string {
  const cell = (label: string, text: string): string => `<td class="n" data-label="${label}">${text}</td>`;
  const number = (value: number | null): string => (value === null ? '–' : count(value));
  const lines = [...nights].reverse().map((night) => {
    const figures = [
      cell('rows', number(night.rows)),
      cell('bad', number(night.bad_rows)),
      cell('new', number(night.new_bad_rows)),
      cell('minutes', number(night.minutes)),
      cell('requests/s', number(night.rate)),
    ];
    return (
      `<tr><th scope="row" data-label="began"><span>${time(night.started_at)}<br><code class="muted">${escapeHtml(night.name)}</code></span></th>` +
      `<td data-label="ended"><span${night.is_good ? '' : ' class="new"'}>${escapeHtml(standingText(night))}</span></td>${figures.join('')}</tr>`
    );
  });
  const heads = ['rows', 'bad', 'new', 'minutes', 'requests/s'].map(
    (name) => `<th scope="col" class="n">${name}</th>`,
  );
  return [
    `<div class="scroll cards" tabindex="0" role="region" aria-label="Nights of ${escapeHtml(job)}">`,
    `<table><thead><tr><th scope="col">began</th><th scope="col">how it ended</th>${heads.join('')}</tr></thead>`,
    `<tbody>${lines.join('\n')}</tbody></table></div>`,
  ].join('\n');
}
