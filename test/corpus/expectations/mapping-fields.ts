import { done, type Expectations, refused } from '../expected.ts';

/** Mappings with a fault in a field. All run over `contacts.csv`. */
export const MAPPING_FIELDS: Expectations = {
  'target-nested-mistyped.yaml': refused(
    'ERR_MAPPING',
    'Did you mean "additional_attributes.social_profiles.twitter"?',
  ),
  'target-object-mistyped.yaml': refused(
    'ERR_MAPPING',
    'target-object-mistyped.yaml:4:3: "custom_atributes.vip_level" is not a field of a contact. Did you mean "custom_attributes.vip_level"?',
  ),
  'attribute-without-prefix.yaml': refused(
    'ERR_MAPPING',
    'attribute-without-prefix.yaml:4:3: "company_name" is not a field of a contact. Did you mean "additional_attributes.company_name"?',
  ),
  'blocked-cleared.yaml': refused(
    'ERR_MAPPING',
    'blocked-cleared.yaml:4:35: blocked cannot be cleared. Write "empty: keep" or "empty: error" at this field.',
  ),
  'booleans-ambiguous.yaml': refused(
    'ERR_MAPPING',
    'booleans-ambiguous.yaml:4:34: "x" cannot mean both true and false.',
  ),
  'booleans-one-list.yaml': refused(
    'ERR_MAPPING',
    'booleans-one-list.yaml:4:34: give both lists, as in { true: [ja], false: [nein] }.',
  ),
  'column-unknown.yaml': refused('ERR_MAPPING', [
    'column-unknown.yaml:4:9: no column "Name" in contacts.csv. Did you mean "name"?',
    'It has: "contact_id", "name", "email".',
  ]),
  'constant-empty.yaml': refused(
    'ERR_MAPPING',
    'constant-empty.yaml:4:18: an empty text cannot be sent to name. Write null to clear it.',
  ),
  'constant-of-the-wrong-type.yaml': refused(
    'ERR_MAPPING',
    'constant-of-the-wrong-type.yaml:4:21: blocked takes true or false, without quotes.',
  ),
  'constant-too-exact.yaml': refused(
    'ERR_MAPPING',
    'constant-too-exact.yaml:4:33: JSON cannot hold this number exactly. Put it in quotes to send it as a text.',
  ),
  'country-as-name.yaml': refused(
    'ERR_MAPPING',
    'country-as-name.yaml:4:42: "Germany" is not a country. Write the two letters of ISO 3166, as in US.',
  ),
  'country-uk.yaml': refused(
    'ERR_MAPPING',
    'country-uk.yaml:4:42: "UK" is not a country. The United Kingdom is GB.',
  ),
  'country-without-phones.yaml': refused(
    'ERR_MAPPING',
    'country-without-phones.yaml:4:27: "XX" is not a country with phone numbers. Write the two letters of ISO 3166, as in US.',
  ),
  'date-as-constant.yaml': done(['line 2: skipped', 'line 3: skipped'], {
    says: 'Every field is a fixed value, and those alone are not sent: all rows are skipped. Map a column, too.',
  }),
  'date-format-of-java.yaml': refused(
    'ERR_MAPPING',
    'date-format-of-java.yaml:4:60: "DD" is not part of a date format (yyyy MM dd HH mm ss XXX). Write dd.',
  ),
  'decimal-mark-unknown.yaml': refused(
    'ERR_MAPPING',
    'decimal-mark-unknown.yaml:4:63: this must be one of ".", ",".',
  ),
  'empty-policy-unknown.yaml': refused(
    'ERR_MAPPING',
    'empty-policy-unknown.yaml:4:32: this must be one of keep, clear, error.',
  ),
  'field-as-list.yaml': refused(
    'ERR_MAPPING',
    'field-as-list.yaml:4:9: here belongs the name of a column, or a … as one text. Put it in quotes if it holds odd characters.',
  ),
  'field-nearly-right.yaml': refused(
    'ERR_MAPPING',
    'field-nearly-right.yaml:4:3: "e-mail" is not a field of a contact. Did you mean "email"?',
  ),
  'field-null.yaml': refused(
    'ERR_MAPPING',
    'field-null.yaml:4:8: here belongs the name of a column, or a template … as one text. Put it in quotes if it holds odd characters.',
  ),
  'field-twice.yaml': refused(
    'ERR_MAPPING',
    'field-twice.yaml:5:3: this key stands twice. Keep one of them.',
  ),
  'id-as-field.yaml': refused(
    'ERR_MAPPING',
    'id-as-field.yaml:4:3: contact_id is not a field to set: the id is named by "contact_id" at the top of the mapping.',
  ),
  'minutes-for-month.yaml': refused(
    'ERR_MAPPING',
    'minutes-for-month.yaml:4:60: the format of a date needs MM. mm are minutes, MM is the month.',
  ),
  'no-source.yaml': refused(
    'ERR_MAPPING',
    'no-source.yaml:4:9: name needs a source: one of column, template, columns or value.',
  ),
  'object-and-its-key.yaml': refused(
    'ERR_MAPPING',
    'object-and-its-key.yaml:5:3: custom_attributes.x is set twice: custom_attributes is mapped as a whole object too. Keep one of them.',
  ),
  'only-constants.yaml': done(['line 2: skipped', 'line 3: skipped'], {
    says: 'Every field is a fixed value, and those alone are not sent: all rows are skipped. Map a column, too.',
  }),
  'option-of-another-type.yaml': refused(
    'ERR_MAPPING',
    'option-of-another-type.yaml:4:49: "decimal" belongs to type number, and this field has no type.',
  ),
  'otherwise-unknown.yaml': refused(
    'ERR_MAPPING',
    'otherwise-unknown.yaml:4:69: "otherwise" is error, keep (leave the … as it is). For a fixed value write otherwise: { value: … }.',
  ),
  'otherwise-without-values.yaml': refused(
    'ERR_MAPPING',
    'otherwise-without-values.yaml:4:51: "otherwise" needs "values" beside it.',
  ),
  'partial-without-template.yaml': refused(
    'ERR_MAPPING',
    'partial-without-template.yaml:4:34: "partial" belongs to templates: it says what happens when some columns are empty.',
  ),
  'pattern-for-additional.yaml': refused(
    'ERR_MAPPING',
    'pattern-for-additional.yaml:4:3: columns can be taken by a pattern for "custom_attributes.*" only: name these one by one.',
  ),
  'pattern-matches-nothing.yaml': refused(
    'ERR_MAPPING',
    'pattern-matches-nothing.yaml:4:35: no column of contacts.csv matches … named elsewhere. It has: "contact_id", "name", "email".',
  ),
  'pattern-meets-a-field.yaml': refused(
    'ERR_MAPPING',
    'pattern-meets-a-field.yaml:5:35: no column of contacts.csv matches "n*", beside those named elsewhere. It has: "contact_id", "name", "email".',
  ),
  'pattern-without-star.yaml': refused(
    'ERR_MAPPING',
    'pattern-without-star.yaml:4:35: a pattern holds one "*", as in "cf_*": what it stands for becomes the key.',
  ),
  'reserved-key.yaml': refused(
    'ERR_MAPPING',
    'reserved-key.yaml:4:3: "__proto__" is reserved and cannot be an attribute.',
  ),
  'template-column-unknown.yaml': refused('ERR_MAPPING', [
    'template-column-unknown.yaml:4:9: no column "first_name" in contacts.csv.',
    'It has: "contact_id", "name", "email".',
  ]),
  'template-empty-braces.yaml': refused(
    'ERR_MAPPING',
    'template-empty-braces.yaml:4:9: between "{" and "}" stands the name of a column.',
  ),
  'template-not-closed.yaml': refused(
    'ERR_MAPPING',
    'template-not-closed.yaml:4:9: a "{" is not closed. A plain brace is written twice: "{{".',
  ),
  'template-without-column.yaml': refused(
    'ERR_MAPPING',
    'template-without-column.yaml:4:9: this template names no column. A fixed text is written { value: … }.',
  ),
  'two-sources.yaml': refused(
    'ERR_MAPPING',
    'two-sources.yaml:4:9: name has two sources, "column" and "value". Keep one.',
  ),
  'type-that-does-not-fit.yaml': refused(
    'ERR_MAPPING',
    'type-that-does-not-fit.yaml:4:33: email is always of type email. Remove the type.',
  ),
  'type-unknown.yaml': refused(
    'ERR_MAPPING',
    'type-unknown.yaml:4:50: this must be one of string, integer, number, boolean, date, timestamp, phone, email, url, json, list.',
  ),
  'unknown-field.yaml': refused(
    'ERR_MAPPING',
    'unknown-field.yaml:4:3: "nickname" is not a field of a contact. An attribute of your own is "custom_attributes.<key>".',
  ),
  'unknown-option.yaml': refused(
    'ERR_MAPPING',
    'unknown-option.yaml:4:12: "colum" means nothing in email. Did you mean "column"?',
  ),
  'values-as-list.yaml': refused(
    'ERR_MAPPING',
    'values-as-list.yaml:4:48: "values" must be a list of "key: value" pairs.',
  ),
  'values-empty.yaml': refused(
    'ERR_MAPPING',
    'values-empty.yaml:4:48: "values" is empty. List what each cell stands for, as in { G: gold }.',
  ),
  'values-for-an-object.yaml': refused(
    'ERR_MAPPING',
    'values-for-an-object.yaml:4:46: "values" cannot make a cell into all of custom_attributes.',
  ),
  'zone-abbreviated.yaml': refused(
    'ERR_MAPPING',
    'zone-abbreviated.yaml:4:63: "CEST" is not a time zone. Write an IANA name like Europe/Berlin.',
  ),
  'empty-values-and-clear-marker.yaml': refused(
    'ERR_MAPPING',
    'empty-values-and-clear-marker.yaml:3:15: "#N/A" stands in "empty_values" of name too … Keep one of them',
  ),
  'empty-values-as-map.yaml': refused(
    'ERR_MAPPING',
    'empty-values-as-map.yaml:3 … here belong the cells that count as empty, as texts.',
  ),
  'empty-values-of-a-constant.yaml': refused(
    'ERR_MAPPING',
    '"empty_values" has no effect on a fixed value. Remove it.',
  ),
  'strict-without-country.yaml': refused(
    'ERR_MAPPING',
    '"strict" is about numbers of a country. Write "country" beside it, as in country: US.',
  ),
  'strict-of-another-type.yaml': refused(
    'ERR_MAPPING',
    '"strict" belongs to type phone, and this field is of type string.',
  ),
};
