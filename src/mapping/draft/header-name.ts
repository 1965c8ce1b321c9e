/** Words before a name that say nothing new, as in `Person - Email` or `properties.email`. */
const PREFIXES =
  /^(?:person|contact|customer|client|lead|primary|main|properties|attributes|fields|data|profile|social)$/;

/** Words that say which of several places, before a name or behind it. */
const PLACES =
  /^(?:address|customer|contact|mailing|billing|shipping|postal|default|primary|home|work|business|office|other|location|private|\d+|adresse|bureau|domicile|autre|geschaftlich|privat|firma|direccion|trabajo|particular|otra)$/;

/** The names a header goes by: its letters and digits in lower case, without accents, and the same without a prefix. */
export function headerNames(header: string): readonly string[] {
  const words = headerWords(header);
  const whole = words.join('');
  const [first = '', ...others] = words;
  if (PREFIXES.test(first) && others.length > 0) return [whole, others.join('')];
  return /^(?:客户|联系人)./u.test(whole) ? [whole, whole.replace(/^(?:客户|联系人)/u, '')] : [whole];
}

/** The name without the words that say whose place it is, as in `Mailing City`, `Ville (bureau)` or `Address 1: City`. */
export function placeName(header: string): string {
  const words = headerWords(header);
  while (words.length > 1 && PLACES.test(words[0] ?? '')) words.shift();
  while (words.length > 1 && PLACES.test(words.at(-1) ?? '')) words.pop();
  return words.join('');
}

/** A key for a custom attribute, like `lead_source` for `LeadSource` or `Lead Source`. */
export function attributeKey(header: string): string {
  const own = header.startsWith('custom_attributes.') ? header.slice('custom_attributes.'.length) : header;
  // Salesforce marks the fields of one's own so
  return headerWords(own.replace(/__c$/, '')).join('_');
}

// --- internal ---

function headerWords(header: string): string[] {
  return header
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss')
    .replace(/(\p{Ll}|\d)(?=\p{Lu}\p{Ll})|(\p{Ll})(?=\p{Lu})/gu, '$1$2 ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
