import type { Contact } from './contact.ts';

/**
 * Whether a search for `q` finds a contact: a part of name, e-mail, phone and, where upstream's search has it, company
 * in any case, of the identifier in its own case. `q` becomes the pattern `%q%` as it is: `%` and `_` are wildcards,
 * and a backslash takes the meaning from what follows it (livedesk-api.md 5.8).
 */
export function contactMatcher(q: string, withCompany: boolean): (contact: Contact) => boolean {
  const pattern = expressionOf(`%${q}%`);
  const anyCase = new RegExp(pattern, 'isu');
  const exactCase = new RegExp(pattern, 'su');
  return (contact) => {
    const company = withCompany ? contact.additional_attributes?.['company_name'] : undefined;
    const texts = [contact.name, contact.email, contact.phone_number, company];
    if (texts.some((text) => typeof text === 'string' && anyCase.test(text))) return true;
    return contact.identifier !== null && exactCase.test(contact.identifier);
  };
}

/** A LIKE pattern as a regular expression. */
function expressionOf(like: string): string {
  let expression = '^';
  let isEscaped = false;
  for (const character of like) {
    if (!isEscaped && character === '\\') isEscaped = true;
    else {
      expression += isEscaped ? literal(character) : patternOf(character);
      isEscaped = false;
    }
  }
  return `${expression}$`;
}

function patternOf(character: string): string {
  if (character === '%') return '.*';
  return character === '_' ? '.' : literal(character);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}
