import type { Contact } from './contact.ts';
import { hashOf } from './random.ts';
import { type EmulatorReply, missingParameter, NOT_FOUND, SERVER_ERROR } from './reply.ts';

/** The kinds of channel that differ in what a contact needs to be made through them (livedesk-api.md 6.20). */
export const INBOX_KINDS = ['web', 'api', 'email', 'whatsapp', 'unsupported'] as const;
export type InboxKind = (typeof INBOX_KINDS)[number];

/** The inboxes of the account by id. */
export interface Inboxes {
  readonly [id: string]: InboxKind;
}

/** The inbox that seeded contacts came through. */
export const DEFAULT_INBOX = 407;

export const DEFAULT_INBOXES: Inboxes = { [DEFAULT_INBOX]: 'web', 523: 'api' };

/** Name and `channel_type` of each kind, as answers show them (livedesk-api.md 2.3, 3.2). */
const SHOWN: Readonly<Record<InboxKind, readonly [name: string, channelType: string]>> = {
  web: ['Website', 'Channel::WebWidget'],
  api: ['API', 'Channel::Api'],
  email: ['Support mail', 'Channel::Email'],
  whatsapp: ['WhatsApp', 'Channel::Whatsapp'],
  unsupported: ['Facebook', 'Channel::FacebookPage'],
};

/** The link between a contact and an inbox as JSON text. */
export function renderContactInbox(contactId: number, inboxId: number, kind: InboxKind): string {
  const [name, channelType] = SHOWN[kind];
  const inbox = JSON.stringify({ id: inboxId, name, channel_type: channelType });
  return `{"source_id":"${sourceIdOf(contactId, inboxId)}","inbox":${inbox}}`;
}

/**
 * Links a new contact to its inbox: the link as JSON text, or the answer that refuses it. The link of a mail or WhatsApp
 * channel is the e-mail or the phone; channels that only their own messages make contacts of break (livedesk-api.md 6.20).
 */
export function linkTo(inboxes: Inboxes, inboxId: number, contact: Contact): string | EmulatorReply {
  const kind = Object.hasOwn(inboxes, inboxId) ? inboxes[inboxId] : undefined;
  if (kind === undefined) return NOT_FOUND;
  if (kind === 'unsupported') return SERVER_ERROR;
  if (kind === 'email' && !contact.email) return missingParameter('contact email');
  if (kind === 'whatsapp' && !contact.phone_number) return missingParameter('contact phone number');
  return renderContactInbox(contact.id, inboxId, kind);
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
