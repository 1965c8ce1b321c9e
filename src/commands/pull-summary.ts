import { durationText } from '../core/duration-text.ts';
import { plural } from '../journal/summary-text.ts';
import { fitLine, timeLeft } from '../telemetry/progress-line.ts';

/** What a pull did; `--json` prints it as it is. */
export interface PullSummary {
  readonly account: string;
  readonly state: string;
  /** Whether the state knows the whole account now. */
  readonly complete: boolean;
  /** Contacts met, each counted once. */
  readonly contacts: number;
  /** Contacts that the account has, as the API last said; null where it did not. */
  readonly contacts_in_account: number | null;
  /** Contacts that the state knew with a key and that are not in the list any more: deleted, merged, or without any key by now. */
  readonly gone: number;
  /** Contacts with a city or country of more than 255 characters, which any change makes unchangeable. */
  readonly overlong: number;
  /** Whether an earlier pull was gone on with. */
  readonly resumed: boolean;
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  readonly duration_s: number;
  readonly rate: { readonly allowed: number | null; readonly achieved: number };
  readonly stopped: { readonly code: string; readonly message: string } | null;
  readonly exit_code: number;
}

/** The summary of a pull as a person reads it. */
export function pullText(summary: PullSummary): string {
  const { complete, contacts, gone, retries, throttled, stopped, rate } = summary;
  const took = durationText(summary.duration_s);
  const more = [
    retries > 0 ? plural(retries, 'retry', 'retries') : '',
    throttled > 0 ? `${throttled.toLocaleString('en-US')} throttled` : '',
  ].filter((part) => part !== '');
  const allowed = rate.allowed === null ? 'unlimited' : `${rate.allowed}/s allowed`;
  const of = summary.contacts_in_account;
  const lines = [
    complete ? `Pull complete, in ${took}` : `Pull stopped early, in ${took}`,
    '',
    `  ${plural(contacts, 'contact')}${!complete && of !== null ? ` of ${of.toLocaleString('en-US')}` : ''} read${summary.resumed ? ', those of an earlier pull included' : ''}`,
    ...(summary.overlong > 0
      ? [
          `  ${plural(summary.overlong, 'contact')} with a city or country over 255 characters, whose next change is the last that LiveDesk takes`,
        ]
      : []),
    ...(gone > 0
      ? [
          `  ${plural(gone, 'contact')} of the state ${gone === 1 ? 'is' : 'are'} not in the list any more: deleted, merged, or without e-mail, phone and identifier by now`,
        ]
      : []),
    `  ${plural(summary.requests, 'request')}${more.length > 0 ? ` (${more.join(', ')})` : ''}, ${rate.achieved.toFixed(1)}/s of ${allowed}`,
    ...(stopped ? ['', `Stopped early: ${stopped.message} (${stopped.code})`] : []),
    '',
    `State: ${summary.state}`,
    ...(complete ? [] : [`Next:  ${nextStep(stopped?.code)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function nextStep(code: string | undefined): string {
  return code === 'ERR_PULL_INCOMPLETE'
    ? 'runs with this --state skip what they know from it, and search for contacts by their keys'
    : 'the same command again; it goes on where this one ended';
}

/** What the progress line of a pull is made of. */
export interface PullProgress {
  readonly contacts: number;
  /** Of the pages, 0 to 1; undefined before the first answer. */
  readonly share: number | undefined;
  /** Requests per second of late. */
  readonly rate: number;
  /** Why everybody waits, in words; undefined when nobody does. */
  readonly waiting: string | undefined;
  /** How long the rest takes, in seconds; undefined while that cannot be told. */
  readonly leftS: number | undefined;
}

/** One line for a terminal `columns` wide. */
export function pullLine(progress: PullProgress, columns: number): string {
  const { contacts, share, waiting, rate, leftS } = progress;
  const percent = share === undefined ? '' : ` ${Math.floor(share * 100)}%`;
  return fitLine(
    [
      `${contacts.toLocaleString('en-US')} contacts${percent}`,
      waiting,
      `${rate.toFixed(1)}/s`,
      leftS === undefined ? undefined : timeLeft(leftS),
    ],
    columns,
  );
}
