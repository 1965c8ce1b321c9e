import { invisibleIn } from '../../core/invisible.ts';
import { CellFault, type Coerce } from './fault.ts';
import { columnTextFault, textFault } from './sendable.ts';
import { fromText } from './text.ts';

const EMAIL = new CellFault(
  'ERR_EMAIL',
  'is not an e-mail address: one "@", something on both sides, no space.',
);
const SEVERAL = new CellFault(
  'ERR_EMAIL',
  'holds several addresses. Keep one, and move the others to a column of their own.',
);
const DECORATED = new CellFault(
  'ERR_EMAIL',
  'holds more than an address, or one with characters that mail does not carry. Leave the address alone in the cell.',
);

/**
 * An address that the API takes (livedesk-api.md 5.4). What address books and links put around one is taken off, since a
 * decorated address would be a contact of its own; what cannot be taken off with certainty is refused.
 */
export const coerceEmail: Coerce = fromText((cell) => {
  const written = cell.trim();
  const text = PLAIN.test(written) ? written : (textFault(written) ?? undecorated(written));
  if (text instanceof CellFault) return text;
  return columnTextFault(text) ?? text;
});

// --- internal ---

/** What nearly every address looks like: nothing to take off, nothing to look into. */
const PLAIN =
  /^[A-Za-z0-9!#$%&*+/=?^_`|~.-]+@[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/;

/** Quotes and brackets of any script, and what separates addresses in a list: never bare in an address. */
const FOREIGN = /[\p{Ps}\p{Pe}\p{Pi}\p{Pf}<>"\\,;:\s]/u;
/** What stands between two addresses. */
const SEPARATOR = /[\s,;|/<>()]/;
/** A label of a domain, with letters of any script; a mark belongs to the letter before it. */
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?`;
/** Labels, or an IP address in brackets. */
const DOMAIN = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[[0-9A-Fa-f:.]+\])$`, 'u');
/** ASCII as wide as an ideograph, and the ideographic full stop, as keyboards of East Asia write them. */
const WIDE = /[\uff01-\uff5e\u3002\uff61]/g;

function undecorated(written: string): string | CellFault {
  const text = bare(asTyped(written));
  const invisible = invisibleIn(written) ?? invisibleIn(text);
  if (invisible !== undefined) {
    return new CellFault('ERR_EMAIL', `holds an invisible character, ${invisible}. Remove it.`);
  }
  const [local = '', domain, ...others] = text.split('@');
  if (others.length > 0 && SEPARATOR.test(text)) return SEVERAL;
  if (others.length > 0 || local === '' || domain === undefined || domain === '' || /\s/.test(text))
    return EMAIL;
  // as names of hosts are compared: ligatures and the like are the letters they stand for
  const host = domain.normalize('NFKC');
  return FOREIGN.test(local) || !DOMAIN.test(host) ? DECORATED : `${local}@${host}`;
}

/** The text as it would be typed elsewhere: wide characters as ASCII, and each letter with its accents as one character. */
function asTyped(text: string): string {
  return text
    .replace(WIDE, (char) => (char < '\uff00' || char === '\uff61' ? '.' : char.normalize('NFKC')))
    .normalize('NFC');
}

/** The address within: `Name <address>`, `mailto:address?subject=…`, quotes around it, a separator or full stop after it. */
function bare(written: string): string {
  let text = written;
  for (;;) {
    const before = text;
    text = text.replace(/^[;,\s]+|[;,.\s]+$/g, '');
    // a name may hold the address once more, but no other
    const [, name = '', inner = ''] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
    if (inner !== '' && (!name.includes('@') || bare(name) === bare(inner))) text = inner.trim();
    const link = /^mailto:(?:\/\/)?([^?]*)/i.exec(text)?.[1];
    if (link !== undefined) text = percentDecoded(link);
    const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2];
    if (quoted !== undefined) text = quoted.trim();
    // a spreadsheet writes one apostrophe to keep a cell a text
    else if (text.startsWith("'")) text = text.slice(1).trim();
    if (text === before) return text;
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
