/** Words before a name that say nothing new, as in `Person - Email` or `properties.email`. */
const PREFIXES = /^(?:person|contact|customer|client|lead|primary|main|properties|attributes|fields|data)$/;

/** The names a header goes by: its letters and digits in lower case, without accents, and the same without a prefix. */
export function headerNames(header: string): readonly string[] {
  const words = headerWords(header);
  const whole = words.join('');
  const [first = '', ...others] = words;
  return PREFIXES.test(first) && others.length > 0 ? [whole, others.join('')] : [whole];
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
