import type { SOCIAL_NETWORKS } from '../targets.ts';

/** What a column may be. */
export type Role =
  | 'livedeskId'
  | 'crmId'
  | 'name'
  | 'firstName'
  | 'lastName'
  | 'email'
  | 'phone'
  | 'company'
  | 'city'
  | 'country'
  | 'countryCode'
  | 'telegram'
  | 'notes'
  | (typeof SOCIAL_NETWORKS)[number];

/**
 * Names of columns in English, German, French, Spanish and Chinese, as `headerNames` writes them: letters and digits
 * in lower case, without accents. The earlier of two is the better source.
 */
export const VOCABULARY: Readonly<Record<Role, readonly string[]>> = {
  livedeskId: words('livedeskcontactid livedeskid engagelabcontactid livedesk联系人id'),
  crmId: words(
    'identifier externalid uniqueexternalid extid externid externeid crmid crmno crmnr crmnumber crmcontactid userid customerid customernumber',
    'customerno contactid recordid recordidcontact personid memberid subscriberid profileid donotmodifycontact id',
    'euid leid guid uuid',
    'kundennummer kundennr kundenid kontaktid datensatzid benutzerid',
    'numeroclient numerodeclient identifiantclient identifiant idclient idducontact iddelenregistrement',
    'numerodecliente idcliente iddecliente iddelcontacto iddecontacto idderegistro',
    '客户编号 客户id 联系人id 会员号 会员编号 会员卡号 用户id 记录id 编号',
  ),
  name: words(
    'name fullname contactname displayname customername personname contactperson',
    'vollstandigername anzeigename ansprechpartner kontaktname kundenname',
    'nomcomplet nometprenom prenometnom nomducontact nombrecompleto nombreyapellidos nombredelcontacto',
    '姓名 联系人姓名 客户姓名 全名 联系人 昵称 客户名称',
  ),
  firstName: words(
    'firstname givenname forename fname vorname rufname prenom nombre nombredepila primernombre 名 名字',
  ),
  lastName: words(
    'lastname surname familyname lname nachname familienname zuname nom nomdefamille apellidos apellido',
    'primerapellido 姓 姓氏',
  ),
  email: words(
    'email emailaddress primaryemail email1value email1address email1 emailwork workemail businessemail useremail billingemail',
    'emailadresse mail mailadresse emailgeschaftlich adresseemail adressemail adressedemessagerie courriel',
    'adresseelectronique adressedecourriel correoelectronico correo direcciondecorreoelectronico direcciondecorreo',
    '邮箱 电子邮箱 电子邮件 电子邮件地址 邮箱地址 邮件 emailhome emailother alternativeemailadresse',
  ),
  phone: words(
    'mobilephone mobile mobilephonenumber mobilenumber phonemobile cellphone cell',
    'mobiltelefon handy handynummer mobil mobilnummer mobiltelefonnummer mobilestelefon',
    'telephonemobile telephoneportable telmobile portable mobiletelephone numerodetelephoneportable',
    'telefonomovil movil celular telefonocelular numerodetelefonomovil',
    '手机号 手机 手机号码 移动电话 sms whatsapp',
    'phonenumber phone telephone primaryphone phone1value tel telefon telefonnummer numerodetelephone telefono',
    'numerodetelefono telefonoprincipal 电话 电话号码 联系电话 telephonenumber',
    'workphone businessphone phonework officephone telefongeschaftlich telefonberuflich telephonebureau',
    'telephoneprofessionnel telefonodeltrabajo 办公电话 工作电话 商务电话 单位电话',
    'homephone phonehome telefonprivat telephonedomicile telephonepersonnel telefonoparticular 住宅电话 家庭电话',
    'phoneother otherphone billingphone defaultaddressphone',
  ),
  company: words(
    'company companyname accountaccountname organization organisation organizationname organization1name accountname',
    'organizationname associatedcompany defaultaddresscompany personorganization businessname employer',
    'firma unternehmen firmenname unternehmensname societe entreprise nomdelentreprise nomdelasociete raisonsociale',
    'empresa nombredelaempresa nombredeempresa compania organizacion 公司 公司名称 单位 单位名称 企业名称 所属公司 客户名称',
  ),
  city: words(
    'city town mailingcity workcity businesscity address1city addresscity homecity othercity defaultaddresscity',
    'billingcity shippingcity locationcity ort stadt wohnort ortgeschaftlich ortprivat',
    'ville villebureau villedomicile ciudad localidad poblacion ciudaddeltrabajo 城市 所在城市 市',
  ),
  country: words(
    'country countryregion countryname mailingcountry workcountry businesscountryregion businesscountry address1country',
    'address1countryregion addresscountry homecountryregion homecountry othercountry billingcountry shippingcountry',
    'land landregion landoderregion landgeschaftlich regiongeschaftlich pays paysregion paysbureau',
    'pais paisregion paisdeltrabajo 国家 国家地区 国家或地区',
  ),
  countryCode: words(
    'countrycode defaultaddresscountrycode countryisocode isocountrycode mailingcountrycode cc landercode landercodeiso',
    'codepays codigodepais codigopais 国家代码',
  ),
  telegram: words('telegram telegramusername telegramhandle'),
  notes: words(
    'notes note description details bio about comments comment remarks remark notizen notiz bemerkungen bemerkung',
    'beschreibung commentaires commentaire remarques notas nota observaciones comentarios descripcion 备注 描述 说明',
  ),
  facebook: profiles('facebook'),
  github: profiles('github'),
  instagram: profiles('instagram'),
  linkedin: profiles('linkedin'),
  twitter: profiles('twitter'),
};

/** Columns that say whom not to write to. They look like `blocked`, which is something else. */
export const OPT_OUT =
  /optout|optedout|unsub|donotcall|donotemail|donotcontact|blocked|blacklist|suppress|bounced|gesperrt|abgemeldet|abbestellt|desabonn|desinscri|desinscripcion|baja|黑名单|退订|屏蔽/;

/** Columns that agents should hardly see. */
export const SECRET =
  /passw|passcode|kennwort|contrasena|motdepasse|密码|secret|token$|apikey|iban|cardnumber|kartennummer|creditcard|ssn$|socialsecurity|身份证/;

/** Columns whose digits are a name and no number. */
export const DIGITS_AS_TEXT =
  /phone|fax|zip|postal|postcode|plz|postleitzahl|codepostal|codigopostal|telefon|tel$|pager|isdn|qq$|telex|(?<!a|pa|vo)id$|number$|nummer|code$|邮编|邮政编码|电话|传真|编号/;

// --- internal ---

function words(...lines: string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

function profiles(network: string): readonly string[] {
  return ['', 'handle', 'username', 'profile', 'profileurl', 'url', 'id', 'bio'].map(
    (end) => `${network}${end}`,
  );
}
