import { largePage, USUAL_PAGE } from '../../account/account-behavior.ts';
import { type Finding, notLearnt } from '../../account/finding.ts';
import type { Page } from '../../client/answer/payload.ts';
import type { Answer } from '../../client/http/reply.ts';
import { foreignText } from '../../core/foreign-text.ts';
import type { JsonObject } from '../../core/types.ts';

/** A page asked for with `page_size`, and how many contacts came. */
export interface PageTried {
  readonly asked: number;
  readonly got: number;
}

/** The next size to ask for, if it can teach anything more of an account with `count` contacts. */
export function nextPageSize(count: number | undefined, tried: readonly PageTried[]): number | undefined {
  const [first, second] = tried;
  if (!first) return 100;
  if (second || count === undefined) return undefined;
  if (count <= USUAL_PAGE) return count > 1 ? 1 : undefined;
  return first.got === first.asked && count > first.asked ? 1000 : undefined;
}

/** Whether `page_size` is honoured, and up to what. */
export function judgePageSize(count: number | undefined, tried: readonly PageTried[]): Finding {
  const question = 'page_size';
  const last = tried.at(-1);
  const how = `a list asked for with page_size=${tried.map(({ asked }) => asked).join(' and ')}`;
  if (!last || count === undefined)
    return notLearnt(question, 'the list does not say how many contacts there are');
  if (count <= 1) return notLearnt(question, 'the account has fewer than two contacts');
  const honoured = last.asked === 1 ? last.got === 1 : last.got > USUAL_PAGE;
  if (!honoured) {
    const found = last.got < Math.min(last.asked, count) ? `ignored: ${last.got} on a page` : 'ignored';
    return { question, value: { honoured }, found, how, means: 'pull and lists ask for pages of 15' };
  }
  const isBound = last.asked > 1 && last.got < Math.min(last.asked, count);
  const most = last.asked > 1 ? last.got : USUAL_PAGE;
  return {
    question,
    value: { honoured, most, is_bound: isBound },
    found: isBound ? `honoured, at most ${most}` : `honoured, ${most} or more`,
    how,
    means: `pull and lists ask for ${largePage(most, isBound)} on a page`,
  };
}

/** Whether a search for an e-mail address finds its contact, and little else. */
export function judgeSearch(email: string, page: Page | string): Finding {
  const question = 'search';
  const how = 'a search for the e-mail address of a contact';
  const slow = 'with match, read the account first: pull, and runs with the same --state';
  if (typeof page === 'string') return notLearnt(question, `${how}: ${page}`);
  const isHit = ({ email: hit }: JsonObject): boolean =>
    typeof hit === 'string' && hit.toLowerCase() === email.toLowerCase();
  const pattern = new RegExp(email.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/[%_]/g, '.*'), 'i');
  if (page.contacts.some((contact) => !pattern.test(JSON.stringify(contact)))) {
    return { question, value: 'ignored', found: 'q is ignored', how, means: slow };
  }
  return page.contacts.some(isHit)
    ? { question, value: 'finds', found: 'finds exact e-mails', how, means: 'match may search for contacts' }
    : { question, value: 'misses', found: 'does not find exact e-mails', how, means: slow };
}

/** What came of a GET of one contact. */
export type Shown =
  | { readonly kind: 'shown' }
  /** `isSurelyThere`: the same contact was seen by another request. */
  | { readonly kind: 'refused'; readonly status: number; readonly isSurelyThere: boolean }
  | { readonly kind: 'foreign'; readonly what: string };

/** Whether a contact can be read by its id. */
export function judgeShow(shown: Shown): Finding {
  const question = 'show_contact';
  const how = 'GET of a contact that is there';
  const means = 'contacts are read with PATCH {}, which changes nothing';
  if (shown.kind === 'shown') return { question, value: true, found: 'GET of one contact works', how, means };
  if (shown.kind === 'foreign') {
    return { question, value: false, found: `GET of one contact gives ${shown.what}`, how, means };
  }
  const { status } = shown;
  if (!shown.isSurelyThere || status >= 500 || status === 0)
    return notLearnt(question, `${how}: ${status}`, means);
  return { question, value: false, found: `GET of one contact is not there (${status})`, how, means };
}

/** How a contact that is not there is told; `meaning` is the error code that its row would get. */
export function judgeNotFound(answer: Answer | undefined, meaning: string | undefined): Finding {
  const question = 'not_found';
  const how = 'a request for an id that no contact has';
  if (!answer || meaning === undefined) return notLearnt(question, `${how}: answered as if it were there`);
  const { status } = answer;
  const shape = shapeOf(answer.body);
  return {
    question,
    value: { status, shape, taken_for: meaning },
    found: `${status} ${shape}`,
    how,
    means:
      meaning === 'ERR_NOT_FOUND'
        ? 'such rows are rejected as ERR_NOT_FOUND'
        : `such rows end with ${meaning}: read it as "no such contact"`,
  };
}

/** Which limits answers tell of. `seen` has header names with the last value. */
export function judgeLimitHeaders(seen: ReadonlyMap<string, string>, throttled: number): Finding {
  const question = 'limit_headers';
  const how = 'the headers of all answers; no throttling was provoked';
  const names = [...seen.keys()].sort();
  const more = throttled > 0 ? `; ${throttled} answers throttled` : '';
  const limits = names.map((name) =>
    /-limit$/.test(name) ? `${name}: ${foreignText(seen.get(name) ?? '').slice(0, 40)}` : name,
  );
  return {
    question,
    value: names,
    found: (names.length > 0 ? limits.join(', ') : 'none seen') + more,
    how,
    means:
      names.length > 0
        ? 'keep --rate below the limit told'
        : 'nobody says how fast is too fast: raise --rate in steps',
  };
}

/** A header that tells of a limit, by its name in lower case. */
export function isLimitHeader(name: string): boolean {
  return /^(?:x-)?rate-?limit|^retry-after$/.test(name);
}

const READ_ONLY = ['first_name', 'last_name', 'avatar_url', 'thumbnail'] as const;

/** Which of the fields that may be read-only a contact shows. They are never written: nothing could be put back. */
export function judgeReadOnlyFields(contact: JsonObject | undefined): Finding {
  const question = 'read_only_fields';
  const shown = READ_ONLY.filter((field) => contact && Object.hasOwn(contact, field));
  const hidden = READ_ONLY.filter((field) => !shown.includes(field));
  const seen = contact
    ? `answers show ${shown.join(', ') || 'none of them'}, not ${hidden.join(', ') || 'any other'}`
    : '';
  return {
    question,
    value: null,
    found: 'not tested',
    how: `a name or an avatar that was changed could not be put back${seen && `; ${seen}`}`,
    means: 'rows that set them are sent; what answers do not show is listed under not_applied',
  };
}

// --- internal ---

/** Names of a JSON body, never its values; else what it looks like. */
function shapeOf(body: string): string {
  if (body.trim() === '') return 'an empty body';
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return body.trimStart().startsWith('<') ? 'HTML' : 'text';
  }
  if (typeof json !== 'object' || json === null) return 'JSON';
  return `{${Object.keys(json)
    .filter((key) => /^\w{1,40}$/.test(key))
    .slice(0, 10)
    .join(', ')}}`;
}
