import { hashOf } from './random.ts';

/** The channels of the account, in the shape in which answers show them (livedesk-api.md 2.3, 3.2). */
const INBOXES = [
  { id: 407, name: 'Website', channel_type: 'Channel::WebWidget' },
  { id: 523, name: 'API', channel_type: 'Channel::Api' },
];
const TEXT_OF = new Map(INBOXES.map((inbox) => [inbox.id, JSON.stringify(inbox)]));

/** The inbox that seeded contacts came through. */
export const DEFAULT_INBOX = 407;

/** The link between a contact and an inbox as JSON text, or undefined when there is no such inbox. */
export function renderContactInbox(contactId: number, inboxId: number): string | undefined {
  const inbox = TEXT_OF.get(inboxId);
  return inbox && `{"source_id":"${sourceIdOf(contactId, inboxId)}","inbox":${inbox}}`;
}

/** Looks like the random UUID that the website channel hands out, but is the same in every run. */
function sourceIdOf(contactId: number, inboxId: number): string {
  const hex = [1, 2, 3, 4]
    .map((n) =>
      hashOf(inboxId * 8 + n, contactId)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
