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
  // Salesforce marks the fields of one's own so, and puts the kind of record before the fields in some reports
  return headerWords(own.replace(/__c$/i, '').replace(/^(?:contact|lead): /i, '')).join('_');
}

// --- internal ---

/**
 * Standard fields of contacts and leads of Salesforce. Its Data Loader writes them in capitals, which do not show where a
 * word begins.
 */
const SALESFORCE_FIELDS = new Map(
  [
    'AccountId AnnualRevenue AssistantName AssistantPhone BillingCity BillingCountry BillingPostalCode BillingState',
    'BillingStreet CleanStatus ConvertedDate CreatedById CreatedDate DoNotCall EmailBouncedDate EmailBouncedReason FirstName',
    'HasOptedOutOfEmail HasOptedOutOfFax HomePhone IndividualId IsConverted IsDeleted IsEmailBounced LastActivityDate',
    'LastModifiedById LastModifiedDate LastName LastReferencedDate LastViewedDate LeadSource MailingCity MailingCountry',
    'MailingCountryCode MailingLatitude MailingLongitude MailingPostalCode MailingState MailingStateCode MailingStreet',
    'MasterRecordId MiddleName MobilePhone NumberOfEmployees OtherCity OtherCountry OtherPhone OtherPostalCode OtherState',
    'OtherStreet OwnerId PhotoUrl PostalCode RecordTypeId ReportsToId SystemModstamp',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name.toUpperCase(), name]),
);

function headerWords(header: string): string[] {
  const isInCapitals = /^[A-Z][A-Z0-9_.]*$/.test(header);
  const spelt = isInCapitals
    ? header.replace(/[A-Z0-9]+/g, (word) => SALESFORCE_FIELDS.get(word) ?? word)
    : header;
  return spelt
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss')
    .replace(/(\p{Ll}|\d)(?=\p{Lu}\p{Ll})|(\p{Ll})(?=\p{Lu})/gu, '$1$2 ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
