/** The pages of the manual, each a file `manual/<topic>.md`, with what they hold. */
export const TOPICS = {
  mapping: 'Input files, and what a mapping may say: columns, types, empty cells',
  nightly: 'Every night: cron, systemd, Kubernetes; watching it; what grows on disk',
  jobs: 'livedesk-sync.yaml: jobs and accounts with all their options in one file',
  migration: 'Once: plan, approve and prove; try ten rows, stop, go on, send bad rows again',
  state: 'Sending only what changed, and which side wins when both changed a field',
  matching: 'Finding contacts by your own keys, and making those that are missing',
  rate: 'How fast: --rate, --rate auto, throttling, pauses',
  machines: 'Several machines: shards, merging them, one rate and one lock over Redis',
  results: 'The run directory: journal, statuses, rejects, summary',
  report: 'A run as a page, Markdown or JSON',
  errors: 'Every ERR_ code: its cause, and what to do',
  options: 'Every option of every command, durations, environment variables',
  library: 'sync(), the same for programs',
  guarantees: 'What is promised: order, delivery, retries, outages, stops',
  rehearsal: 'Dry run, emulator, and what a probe learns of an account',
} as const;

/** The name of a page of the manual. */
export type Topic = keyof typeof TOPICS;

/** The names of all pages, in the order of the manual. */
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly Topic[];

/** The list of pages for the end of the program's help, a line a page. */
export function topicList(): string {
  const width = Math.max(...TOPIC_NAMES.map((topic) => topic.length));
  return [
    'The manual, shown by livedesk-sync help TOPIC:',
    ...TOPIC_NAMES.map((topic) => `  ${topic.padEnd(width)}  ${TOPICS[topic]}`),
  ].join('\n');
}
