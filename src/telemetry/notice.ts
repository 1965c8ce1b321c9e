import type { NextStep } from '../core/command-text.ts';
import type { NoticeFormat } from '../core/notice-format.ts';
import type { JobChange, Severity } from './job-status.ts';

/** What a notice says of a job. Free of personal data. */
export interface Notice {
  readonly event: JobChange;
  readonly severity: Severity;
  /** Name of the job; absent for runs of none. */
  readonly job?: string | undefined;
  readonly exit_code: number;
  /** Of the error that stopped the run, or kept it from beginning. */
  readonly code?: string | undefined;
  /** What happened, in one line. */
  readonly what: string;
  readonly bad_rows?: { readonly all: number; readonly new?: number | undefined } | undefined;
  /** What to do next: words, and a command to paste where there is one. */
  readonly next?: NextStep | undefined;
  /** Of a recovery: since when the job had stood badly. */
  readonly failing_since?: string | undefined;
}

/** The format for a URL, where none was asked for. */
export function noticeFormatFor(url: URL): NoticeFormat {
  return url.hostname === 'hooks.slack.com' ? 'slack' : 'json';
}

/** The body that is posted; `more` is added to plain JSON. */
export function noticeBody(notice: Notice, format: NoticeFormat, more: object = {}): object {
  return format === 'slack' ? slackBody(notice) : { ...plainBody(notice), ...more };
}

// --- internal ---

const EVENTS: Readonly<Record<JobChange, Readonly<Record<Severity, string>>>> = {
  failing: {
    ok: 'is failing',
    bad_rows: 'has bad rows',
    stopped: 'stopped',
    could_not_begin: 'could not begin',
  },
  new_bad_rows: {
    ok: 'has new bad rows',
    bad_rows: 'has new bad rows',
    stopped: 'has new bad rows',
    could_not_begin: 'has new bad rows',
  },
  recovered: {
    ok: 'has recovered',
    bad_rows: 'has recovered',
    stopped: 'has recovered',
    could_not_begin: 'has recovered',
  },
};

function titleOf({ event, severity, job }: Notice): string {
  return `livedesk-sync ${job === undefined ? '' : `job ${job} `}${EVENTS[event][severity]}`;
}

/** `text` is what chat services show of an object that they do not know. */
function plainBody(notice: Notice): object {
  const { event, severity, job, exit_code, code, what, bad_rows, next, failing_since } = notice;
  const step = [next?.words, next?.command].filter((part) => part !== undefined).join(': ');
  const text = `${titleOf(notice)}: ${what}${step === '' ? '' : `. Next: ${step}`}`;
  return { event, severity, job, text, exit_code, code, bad_rows, next: next && { ...next }, failing_since };
}

/** https://docs.slack.dev/reference/block-kit: `text` is what a notification on a phone shows. */
function slackBody(notice: Notice): object {
  const { what, next, failing_since: since } = notice;
  const title = titleOf(notice);
  const lines = [
    `*${escaped(title)}*`,
    escaped(what),
    ...(since === undefined ? [] : [`It had stood badly since ${since}.`]),
    ...(next?.words === undefined ? [] : [`Next: ${escaped(next.words)}`]),
    ...(next?.command === undefined ? [] : [`\`\`\`${escaped(next.command)}\`\`\``]),
  ];
  const text = { type: 'mrkdwn', text: cut(lines.join('\n')) };
  return { text: escaped(`${title}: ${what}`), blocks: [{ type: 'section', text }] };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack refuses a section of more characters. */
const MAX_SECTION = 3_000;

function cut(text: string): string {
  return text.length > MAX_SECTION ? `${text.slice(0, MAX_SECTION - 1)}…` : text;
}
