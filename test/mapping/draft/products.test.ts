import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import type { Draft, DraftField } from '../../../src/mapping/draft/draft.ts';
import { attributeKey } from '../../../src/mapping/draft/header-name.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { fixture } from '../../helpers/fixture.ts';
import { draftOf, uncommented } from './draft-of.ts';

/** What a user would map by hand. A column that is not named here belongs among the custom attributes on offer. */
interface Expected {
  readonly product?: string;
  /** The key that contacts are found by first, e.g. `identifier: Id`. */
  readonly match: readonly string[];
  /** Target, with `# ` before it where it is only on offer, to column or template. */
  readonly fields: Readonly<Record<string, string>>;
}

const COMPANY = 'additional_attributes.company_name';
const CITY = 'additional_attributes.city';
const COUNTRY = 'additional_attributes.country';
const CODE = 'additional_attributes.country_code';
const NOTES = '# additional_attributes.description';

const EXPECTED: Readonly<Record<string, Expected>> = {
  'anfei-zh': {
    match: ['phone_number: 手机'],
    fields: { name: '联系人', phone_number: '手机', [COMPANY]: '客户名称' },
  },
  brevo: {
    product: 'Brevo',
    match: ['identifier: EXT_ID', 'email: EMAIL'],
    fields: {
      name: '{FIRSTNAME} {LASTNAME}',
      email: 'EMAIL',
      phone_number: 'SMS',
      '# identifier': 'EXT_ID',
    },
  },
  chatwoot: {
    product: 'Chatwoot',
    match: ['identifier: identifier', 'email: email'],
    fields: {
      name: 'name',
      email: 'email',
      phone_number: 'phone_number',
      [COMPANY]: 'company_name',
      '# identifier': 'identifier',
    },
  },
  'dynamics-365': {
    product: 'Dynamics 365',
    match: ['identifier: (Do Not Modify) Contact', 'email: Email'],
    fields: {
      name: 'Full Name',
      email: 'Email',
      phone_number: 'Mobile Phone',
      [COMPANY]: 'Company Name',
      [CITY]: 'Address 1: City',
      [COUNTRY]: 'Address 1: Country/Region',
      '# identifier': '(Do Not Modify) Contact',
      [NOTES]: 'Description',
    },
  },
  easystore: {
    match: ['email: Email'],
    fields: {
      name: '{First_Name} {Last_Name}',
      email: 'Email',
      phone_number: 'Phone',
      [COMPANY]: 'Address_Customer_Company',
      [CITY]: 'Address_Customer_City',
      [COUNTRY]: 'Address_Customer_Country',
      [CODE]: 'Address_Customer_Country_Code',
    },
  },
  freshservice: {
    product: 'Freshdesk or Freshservice',
    match: ['email: Email'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email',
      phone_number: 'Mobile Phone',
      [COMPANY]: 'Company',
    },
  },
  'google-contacts': {
    product: 'Google Contacts',
    match: ['email: E-mail 1 - Value'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'E-mail 1 - Value',
      phone_number: 'Phone 1 - Value',
      [COMPANY]: 'Organization Name',
      [CITY]: 'Address 1 - City',
      [CODE]: 'Address 1 - Country',
      [NOTES]: 'Notes',
    },
  },
  hubspot: {
    product: 'HubSpot',
    match: ['identifier: Record ID', 'email: Email address'],
    fields: {
      name: '{First name} {Last name}',
      email: 'Email address',
      phone_number: 'Mobile phone number',
      [COMPANY]: 'Company name',
      [CITY]: 'City',
      [COUNTRY]: 'Country/Region',
      'additional_attributes.social_profiles.linkedin': 'LinkedIn Bio',
      '# identifier': 'Record ID',
    },
  },
  'hubspot-es': {
    match: ['email: Correo electrónico'],
    fields: {
      name: '{Nombre} {Apellidos}',
      email: 'Correo electrónico',
      phone_number: 'Número de teléfono',
      [COMPANY]: 'Empresa',
      [CITY]: 'Ciudad',
    },
  },
  intercom: {
    product: 'Intercom',
    match: ['identifier: User ID', 'email: Email'],
    fields: {
      name: 'Name',
      email: 'Email',
      phone_number: 'Phone number',
      [CITY]: 'City',
      [COUNTRY]: 'Country',
      '# identifier': 'User ID',
    },
  },
  mailchimp: {
    product: 'Mailchimp',
    match: ['identifier: EUID', 'email: Email Address'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email Address',
      phone_number: 'Phone Number',
      [CODE]: 'CC',
      '# identifier': 'EUID',
      [NOTES]: 'NOTES',
    },
  },
  'microsoft-365-de': {
    match: ['email: Alternative E-Mail-Adresse'],
    fields: {
      name: 'Anzeigename',
      email: 'Alternative E-Mail-Adresse',
      phone_number: 'Mobiltelefon',
      [CITY]: 'Ort',
      [COUNTRY]: 'Land oder Region',
    },
  },
  outlook: {
    product: 'Outlook',
    match: ['email: E-mail Address'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'E-mail Address',
      phone_number: 'Mobile Phone',
      [COMPANY]: 'Company',
      [CITY]: 'Business City',
      [COUNTRY]: 'Business Country',
      [NOTES]: 'Notes',
    },
  },
  'outlook-fr': {
    product: 'Outlook',
    match: ['email: Adresse de messagerie'],
    fields: {
      name: '{Prénom} {Nom}',
      email: 'Adresse de messagerie',
      phone_number: 'Tél. mobile',
      [COMPANY]: 'Société',
      [CITY]: 'Ville (bureau)',
      [COUNTRY]: 'Pays/Région (bureau)',
      [NOTES]: 'Notes',
    },
  },
  pipedrive: {
    product: 'Pipedrive',
    match: ['email: Person - Email - Work'],
    fields: {
      name: 'Person - Name',
      email: 'Person - Email - Work',
      phone_number: 'Person - Phone - Mobile',
      [COMPANY]: 'Organization - Name',
    },
  },
  salesforce: {
    product: 'Salesforce',
    match: ['identifier: Id', 'email: Email'],
    fields: {
      name: 'Name',
      email: 'Email',
      phone_number: 'MobilePhone',
      [CITY]: 'MailingCity',
      [COUNTRY]: 'MailingCountry',
      '# identifier': 'Id',
      [NOTES]: 'Description',
    },
  },
  'salesforce-data-loader': {
    product: 'Salesforce',
    match: ['identifier: ID', 'email: EMAIL'],
    fields: {
      name: 'NAME',
      email: 'EMAIL',
      phone_number: 'MOBILEPHONE',
      [COMPANY]: 'ACCOUNT.NAME',
      [CITY]: 'MAILINGCITY',
      [COUNTRY]: 'MAILINGCOUNTRY',
      '# identifier': 'ID',
    },
  },
  'salesforce-report': {
    product: 'Salesforce',
    match: ['identifier: Contact ID', 'email: Email'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email',
      phone_number: 'Mobile',
      [COMPANY]: 'Account Name',
      [CITY]: 'Mailing City',
      [COUNTRY]: 'Mailing Country',
      '# identifier': 'Contact ID',
    },
  },
  selldone: {
    match: ['email: Email'],
    fields: { name: 'Name', email: 'Email', phone_number: 'Phone', [CITY]: 'City', [CODE]: 'Country' },
  },
  shopify: {
    product: 'Shopify',
    match: ['identifier: Customer ID', 'email: Email'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email',
      phone_number: 'Phone',
      [COMPANY]: 'Default Address Company',
      [CITY]: 'Default Address City',
      [CODE]: 'Default Address Country Code',
      '# identifier': 'Customer ID',
      [NOTES]: 'Note',
    },
  },
  'weiban-zh': {
    match: ['email: 客户邮箱'],
    fields: { name: '姓名', email: '客户邮箱', phone_number: '客户手机号', [NOTES]: '客户描述' },
  },
  yeastar: {
    match: ['email: Email'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email',
      phone_number: 'Mobile',
      [COMPANY]: 'Company Name',
      [NOTES]: 'Remark',
    },
  },
  zendesk: {
    product: 'Zendesk',
    match: ['identifier: external_id', 'email: email'],
    fields: {
      name: 'name',
      email: 'email',
      phone_number: 'phone',
      [COMPANY]: 'organization',
      '# identifier': 'external_id',
      [NOTES]: 'notes',
    },
  },
  'zoho-crm': {
    product: 'Zoho CRM',
    match: ['identifier: Contact ID', 'email: Email'],
    fields: {
      name: '{First Name} {Last Name}',
      email: 'Email',
      phone_number: 'Mobile',
      [COMPANY]: 'Account Name',
      [CITY]: 'Mailing City',
      [COUNTRY]: 'Mailing Country',
      'additional_attributes.social_profiles.twitter': 'Twitter',
      '# identifier': 'Contact ID',
      [NOTES]: 'Description',
    },
  },
};

const NAMES = readdirSync(fixture('init'))
  .filter((name) => name.endsWith('.csv'))
  .map((name) => name.slice(0, -'.csv'.length));
const DRAFTS = await Promise.all(
  NAMES.map(async (name) => ({ name, ...(await draftOf(fixture(`init/${name}.csv`))) })),
);

describe('headers of real products', () => {
  it('are mapped as a user would map them: the share of columns that are right', () => {
    const lines = DRAFTS.map(({ name, draft, shape }) => {
      const { right, named, namedRight } = score(draft, expectedOf(name), shape.columns);
      const share = (right / shape.columns.length).toFixed(2);
      return `${name.padEnd(22)} ${String(shape.columns.length).padStart(3)} ${String(named).padStart(3)} ${String(namedRight).padStart(3)}  ${share}`;
    });
    expect(
      `\n${['set                    all map ok   share', ...lines].join('\n')}\n`,
    ).toMatchInlineSnapshot(`
      "
      set                    all map ok   share
      anfei-zh                 8   3   3  1.00
      brevo                   12   5   5  1.00
      chatwoot                10   5   5  1.00
      dynamics-365            16   8   8  1.00
      easystore               25   8   8  1.00
      freshservice            10   5   5  1.00
      google-contacts         34   8   8  1.00
      hubspot-es               8   6   6  1.00
      hubspot                 17   9   9  1.00
      intercom                18   6   6  1.00
      mailchimp               22   7   7  1.00
      microsoft-365-de        16   5   5  1.00
      outlook-fr              15   8   8  1.00
      outlook                 56   8   8  1.00
      pipedrive               16   4   4  1.00
      salesforce-data-loader  22   7   7  1.00
      salesforce-report       17   8   8  1.00
      salesforce              26   7   7  1.00
      selldone                20   5   5  1.00
      shopify                 20   9   9  1.00
      weiban-zh               10   4   4  1.00
      yeastar                 11   6   6  1.00
      zendesk                 11   6   6  1.00
      zoho-crm                28  10  10  1.00
      "
    `);
  });

  it.each(DRAFTS)('$name: the right share is at least 0.9', ({ name, draft, shape }) => {
    const { right } = score(draft, expectedOf(name), shape.columns);
    expect(right / shape.columns.length).toBeGreaterThanOrEqual(0.9);
  });

  it.each(DRAFTS)('$name: the product, and how contacts are found', ({ name, draft }) => {
    expect(draft.product).toBe(expectedOf(name).product);
    if (draft.contact.kind !== 'match') throw new Error('an id of a CRM was taken for the contact id');
    const keys = draft.contact.keys.filter(({ isOffered }) => !isOffered);
    expect(keys.map(({ path, field }) => `${path}: ${sourceOf(field)}`)).toEqual(expectedOf(name).match);
  });

  it.each(DRAFTS)('$name: nothing blocks a contact', ({ draft, text }) => {
    expect([...draft.fields, ...draft.rest].map(({ path }) => path)).not.toContain('blocked');
    expect(text).not.toMatch(/^\s*(?:# )?(?:blocked|contact_id):/m);
  });

  it.each(DRAFTS)(
    '$name: the draft is a mapping of the file, also with all that it offers',
    async ({ text, shape }) => {
      const { unusedColumns } = await compileMapping(parseMapping(text, 'draft.yaml'), shape);
      const whole = parseMapping(uncommented(text).replace(/^ *country: XX.*\n/gm, ''), 'draft.yaml');
      const compiled = await compileMapping(whole, shape);
      expect(unusedColumns.length).toBeGreaterThan(0);
      expect(compiled.unusedColumns).toEqual([]);
    },
  );

  it.each(DRAFTS)('$name: no cell stands in the draft', ({ name, text }) => {
    const rows = readFileSync(fixture(`init/${name}.csv`), 'utf8')
      .split('\n')
      .slice(1)
      .join(',');
    const cells = rows
      .split(/[,;"]+/)
      .filter((cell) => /\d{5}|@|Brandt|Haddad|Tanaka|Vogel|王小明/.test(cell));
    expect(cells.length).toBeGreaterThan(2);
    for (const cell of cells) expect(text).not.toContain(cell);
  });
});

// --- internal ---

function expectedOf(name: string): Expected {
  const expected = EXPECTED[name];
  if (expected === undefined) throw new Error(`nothing is expected of ${name}`);
  return expected;
}

const sourceOf = (field: DraftField['field']) => String('template' in field ? field.template : field.column);

/** How many columns are where a user would have put them; `named` are those with a field of their own. */
function score(draft: Draft, { fields }: Expected, columns: readonly string[]) {
  const proposed = new Map(
    [...draft.fields, ...draft.rest].flatMap(({ path, field, isOffered }) =>
      columnsOf(sourceOf(field), columns).map(
        (column) => [column, `${isOffered ? '# ' : ''}${path}`] as const,
      ),
    ),
  );
  const wanted = new Map(
    Object.entries(fields).flatMap(([path, source]) =>
      columnsOf(source, columns).map((column) => [column, path] as const),
    ),
  );
  const isRight = (column: string) => {
    const path = wanted.get(column);
    return path === undefined
      ? proposed.get(column)?.startsWith('# custom_attributes.')
      : proposed.get(column) === path;
  };
  return {
    right: columns.filter(isRight).length,
    named: wanted.size,
    namedRight: [...wanted.keys()].filter(isRight).length,
  };
}

function columnsOf(source: string, columns: readonly string[]): readonly string[] {
  if (columns.includes(source)) return [source];
  return [...source.matchAll(/\{([^}]*)\}/g)].map(([, column = '']) => column);
}

describe('fields of Salesforce', () => {
  it.each([
    ['MAILINGPOSTALCODE', 'mailing_postal_code'],
    ['MailingPostalCode', 'mailing_postal_code'],
    ['VIP_LEVEL__C', 'vip_level'],
    ['VIP_Level__c', 'vip_level'],
    ['OWNER.NAME', 'owner_name'],
    ['Contact: VIP Level', 'vip_level'],
    ['HASOPTEDOUTOFEMAIL', 'has_opted_out_of_email'],
    // capitals of another product
    ['SMS', 'sms'],
    ['OPT_IN', 'opt_in'],
  ])('%s is offered as %s', (header, key) => {
    expect(attributeKey(header)).toBe(key);
  });

  it('an id of a report is told from that of Data Loader', async () => {
    const why = async (name: string) => {
      const { contact } = (await draftOf(fixture(`init/${name}.csv`))).draft;
      return contact.kind === 'match' ? contact.keys[0]?.why : undefined;
    };
    expect(await why('salesforce-report')).toContain('reports have 15 characters of it, Data Loader 18');
    expect(await why('salesforce-data-loader')).not.toContain('15');
  });
});
