/** Credentials that stand nowhere else. */
export const API_KEY = 'K-Unmistakable-1';
export const API_SECRET = 'S/Unmistakable+2=';

/** A row in which every cell is somebody's, whatever its type; texts hold the word that is looked for. */
export const CELLS: Readonly<Record<string, string>> = {
  contact_id: '318763',
  first: 'Anna "Zyxwv" O\'Unmistakable',
  last: 'Müller-Unmistakable\nJunior',
  email: 'Anna.Unmistakable@Example.COM',
  phone: '0151 23456789',
  crm: 'CRM/Unmistakable?77&x=1',
  tier: 'gold <unmistakable>',
  score: '918273645.75',
  birthday: '05.06.1987',
  joined: '2019-03-04T05:06:07Z',
  data: '{"k":"nested-unmistakable","n":8675309123}',
  tags: 'alpha-unmistakable|beta-unmistakable',
  site: 'https://unmistakable.example/path?q=ä',
  city: 'Bad Unmistakable',
  not_mapped: 'left-out-unmistakable',
};

/** Each column in the type it looks like. The constant is its author's and no row's; it does not hold the word. */
export const MAPPING = `version: 1
contact_id: contact_id
fields:
  name: "{first} {last}"
  email: email
  phone_number: { column: phone, country: DE }
  identifier: crm
  custom_attributes.tier: tier
  custom_attributes.score: { column: score, type: number }
  custom_attributes.birthday: { column: birthday, type: date, format: dd.MM.yyyy }
  custom_attributes.joined: { column: joined, type: timestamp }
  custom_attributes.data: { column: data, type: json }
  custom_attributes.tags: { column: tags, type: list, separator: "|" }
  custom_attributes.site: { column: site, type: url }
  custom_attributes.source: { value: nightly }
  additional_attributes.city: city
`;

/** What gives a leak away, in lower case: parts of cells, of what is sent for them, and of the credentials. */
const TRACES = [
  'unmistak',
  'zyxwv',
  '23456789',
  '918273645',
  '05.06.1987',
  '1987-06-05',
  '2019-03-04',
  '1551675967',
  '8675309123',
];

/** The traces that a text holds, as they are or in base64. */
export function tracesIn(text: string): string[] {
  const small = text.toLowerCase();
  const encoded = ['nmistakabl', `${API_KEY}:`, API_SECRET].flatMap(inBase64);
  return [
    ...TRACES.filter((trace) => small.includes(trace)),
    ...encoded.filter((trace) => text.includes(trace)),
  ];
}

/** A CSV of one row, in which some cells are others. */
export function plantedCsv(changed: Readonly<Record<string, string>> = {}): string {
  const cells = Object.values({ ...CELLS, ...changed });
  return `${Object.keys(CELLS).join(',')}\n${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
}

/** As {@link plantedCsv}, as JSONL; values may be of any type. */
export function plantedJsonl(changed: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ ...CELLS, ...changed })}\n`;
}

// --- internal ---

/** The inner part of the base64 of a text, wherever it begins in the bytes that are encoded. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = Math.floor(bytes.length / 3) * 3;
    return bytes.subarray(offset === 0 ? 0 : 3, whole).toString('base64');
  });
}
