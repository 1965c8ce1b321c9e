/** An export that is recognised by columns hardly any other has. */
interface Product {
  readonly name: string;
  /** Names of columns, as `headerNames` writes them. */
  readonly tells: readonly string[];
  /** How many of them it takes. */
  readonly least: number;
}

const PRODUCTS: readonly Product[] = [
  product(
    'Salesforce',
    2,
    'accountid mailingstreet mailingcity leadsource hasoptedoutofemail systemmodstamp',
  ),
  product(
    'HubSpot',
    2,
    'recordid recordidcontact lifecyclestage leadstatus associatedcompany marketingcontactstatus',
  ),
  product(
    'HubSpot',
    2,
    'datensatzid lifecyclephase iddelenregistrement phasedecycledevie idderegistro etapadelciclodevida',
  ),
  product(
    'Google Contacts',
    2,
    'email1value phone1value email1label email1type groupmembership phoneticfirstname',
  ),
  product(
    'Outlook',
    2,
    'businessphone businessstreet email2address homephone2 companymainphone ttytddphone officelocation',
  ),
  product(
    'Outlook',
    2,
    'telefongeschaftlich strassegeschaftlich email2adresse telefonfirma weiteresfax ortgeschaftlich',
  ),
  product(
    'Outlook',
    2,
    'telephonebureau ruebureau adressedemessagerie2 telephonesociete autretelecopie villebureau',
  ),
  product('Chatwoot', 4, 'identifier phonenumber ipaddress companyname labels customattribute1'),
  product(
    'Zoho CRM',
    3,
    'contactowner emailoptout secondaryemail skypeid asstphone mailingcity vendorname recordid',
  ),
  product(
    'Pipedrive',
    2,
    'personname personemail personemailwork personphone personphonework personorganization',
  ),
  product('Zendesk', 4, 'externalid details restriction organization role tags notes'),
  product(
    'Intercom',
    3,
    'lastseen firstseen signedup websessions lastcontacted lastheardfrom browserlanguage',
  ),
  product('Mailchimp', 3, 'memberrating optintime confirmtime optinip lastchanged leid euid'),
  product(
    'Shopify',
    2,
    'acceptsemailmarketing defaultaddresscompany defaultaddresscity totalspent taxexempt',
  ),
  product(
    'Freshdesk or Freshservice',
    3,
    'uniqueexternalid workphone mobilephone twitterid timezone canseealltickets',
  ),
  product('Dynamics 365', 2, 'donotmodifycontact donotmodifyrowchecksum donotmodifymodifiedon'),
  product('Brevo', 2, 'sms landlinenumber extid addedtime modifiedtime doubleoptin'),
];

/** The product that columns of these names come from, or undefined. */
export function recogniseProduct(names: ReadonlySet<string>): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const { name, tells, least } of PRODUCTS) {
    const hits = tells.filter((tell) => names.has(tell)).length;
    if (hits < least || hits / tells.length <= most) continue;
    best = name;
    most = hits / tells.length;
  }
  return best;
}

// --- internal ---

function product(name: string, least: number, tells: string): Product {
  return { name, least, tells: tells.split(' ') };
}
