/// <reference lib="dom" />

/** A contact as the page holds it: its id, its rows, and of each field the path, what it holds and is to hold. */
export type DrawnContact = readonly [
  contact: number,
  rows: string,
  fields: readonly (readonly [path: string, from: string | null, to: string | null])[],
];

/**
 * Lets the changes of a plan be searched, which stand in the page as JSON, and shows so many at a time. It runs in the browser, where it arrives as its
 * own text: nothing outside of it can be used, but what is handed in.
 */
export function drawPlan(piece: number): void {
  const contacts: readonly DrawnContact[] = JSON.parse(
    document.getElementById('contacts')?.textContent ?? '[]',
  );
  const search = document.getElementById('search') as HTMLInputElement;
  const found = document.getElementById('found') as HTMLElement;
  const more = document.getElementById('more') as HTMLButtonElement;
  const body = document.querySelector('#changes tbody') as HTMLElement;
  const labels = ['contact', 'field', 'now', 'then', 'rows'];
  let wanted: readonly DrawnContact[] = contacts;
  let shown = 0;

  const cell = (label: string, text: string | null, isHead = false): HTMLElement => {
    const made = document.createElement(isHead ? 'th' : 'td');
    if (isHead) made.setAttribute('scope', 'row');
    made.dataset['label'] = label;
    const inner = document.createElement('span');
    inner.textContent = text ?? 'nothing';
    if (text === null) inner.className = 'muted';
    made.append(inner);
    return made;
  };
  const show = (): void => {
    for (const [contact, rows, fields] of wanted.slice(shown, shown + piece)) {
      for (const [path, from, to] of fields) {
        const line = document.createElement('tr');
        const texts = [String(contact), path, from, to, rows];
        line.append(...texts.map((text, i) => cell(labels[i] ?? '', text, i === 0)));
        body.append(line);
      }
    }
    shown = Math.min(wanted.length, shown + piece);
    const all = `${wanted.length.toLocaleString('en-US')} ${wanted.length === 1 ? 'contact' : 'contacts'}`;
    found.textContent = shown < wanted.length ? `${shown.toLocaleString('en-US')} of ${all}` : all;
    more.hidden = shown >= wanted.length;
  };
  const begin = (): void => {
    const text = search.value.trim().toLowerCase();
    const holds = (value: string | null): boolean => value?.toLowerCase().includes(text) ?? false;
    wanted =
      text === ''
        ? contacts
        : contacts.filter(
            ([contact, rows, fields]) =>
              String(contact).includes(text) ||
              rows.includes(text) ||
              fields.some(([path, from, to]) => holds(path) || holds(from) || holds(to)),
          );
    shown = 0;
    body.replaceChildren();
    show();
  };
  search.addEventListener('input', begin);
  more.addEventListener('click', show);
  begin();
}
