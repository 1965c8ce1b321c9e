import { type Expectations, refused } from '../expected.ts';

/** Mappings with a fault outside of their fields. All run over `contacts.csv`. */
export const MAPPING_DOCUMENTS: Expectations = {
  'a-list.yaml': refused(
    'ERR_MAPPING',
    'a-list.yaml:1:1: this is not a mapping, which begins with "version: 1" and names "contact_id" and "fields". Is it another file?',
  ),
  'a-text.yaml': refused(
    'ERR_MAPPING',
    'a-text.yaml:1:1: this is not a mapping, which begins with "version: 1" and names "contact_id" and "fields". Is it another file?',
  ),
  'alias.yaml': refused(
    'ERR_MAPPING',
    'alias.yaml:5:10: aliases (*name) are not allowed: write the value again.',
  ),
  'bare-template-of-one.yaml': refused(
    'ERR_MAPPING',
    'bare-template-of-one.yaml:4:9: put a template into quotes: "{name}". For a column alone write its name.',
  ),
  'bare-template.yaml': refused(
    'ERR_MAPPING',
    'bare-template.yaml:4:16: this is not YAML: a bracket or brace stands … into quotes, as in name: "{first_name} {last_name}".',
  ),
  'billion-laughs.yaml': refused(
    'ERR_MAPPING',
    'billion-laughs.yaml:2:8: aliases (*name) are not allowed: write the value again.',
  ),
  'binary-tag.yaml': refused(
    'ERR_MAPPING',
    'binary-tag.yaml:4:18: tags are not allowed (tag:yaml.org,2002:binary): write the plain value.',
  ),
  'clear-marker-with-space.yaml': refused(
    'ERR_MAPPING',
    'clear-marker-with-space.yaml:3:15: a clear marker cannot begin or end with white space. Remove it.',
  ),
  'complex-key.yaml': refused('ERR_MAPPING', 'complex-key.yaml:3:3: a key must be a plain name.'),
  'contact-id-as-list.yaml': refused(
    'ERR_MAPPING',
    'contact-id-as-list.yaml:2:13: here belongs the name of a column, as one text. Put it in quotes if it holds odd characters.',
  ),
  'contact-id-column-unknown.yaml': refused('ERR_MAPPING', [
    'contact-id-column-unknown.yaml:2:13: there is no column … for the contact id. Did you mean "contact_id"?',
    'It has: "contact_id", "name", "email".',
  ]),
  'contact-id-missing.yaml': refused(
    'ERR_MAPPING',
    'contact-id-missing.yaml: "contact_id" is missing: it names the column with the LiveDesk contact id.',
  ),
  'empty.yaml': refused('ERR_MAPPING', 'empty.yaml: the mapping is empty. Begin with "version: 1".'),
  'expect-an-object.yaml': refused(
    'ERR_MAPPING',
    'expect-an-object.yaml:3:11: "expect" compares single values: name one field, as in identifier.',
  ),
  'fields-empty.yaml': refused(
    'ERR_MAPPING',
    'fields-empty.yaml:3:9: "fields" is empty: nothing would be sent.',
  ),
  'fields-missing.yaml': refused(
    'ERR_MAPPING',
    'fields-missing.yaml: "fields" is missing: it says which column goes to which field, as in { email: Email }.',
  ),
  'fields-null.yaml': refused(
    'ERR_MAPPING',
    'fields-null.yaml:3:8: "fields" must be a list of "key: value" pairs.',
  ),
  'javascript-tag.yaml': refused(
    'ERR_MAPPING',
    'javascript-tag.yaml:4:9: tags (!name) are not allowed: write the plain value, in quotes if it begins with "!".',
  ),
  'merge-key.yaml': refused(
    'ERR_MAPPING',
    'merge-key.yaml:4:11: merge keys (<<) are not allowed: write the keys out.',
  ),
  'merges-misspelt.yaml': refused(
    'ERR_MAPPING',
    'merges-misspelt.yaml:3:24: this must be one of merges, replaces. Did you mean "merges"?',
  ),
  'nested-10000-deep.json': refused(
    'ERR_MAPPING',
    'nested-10000-deep.json:1:201: this is nested too deeply to be read. Write it flat.',
  ),
  'nested-10000-deep.yaml': refused(
    'ERR_MAPPING',
    'nested-10000-deep.yaml:4:232: this is nested too deeply to be read. Write it flat.',
  ),
  'not-utf-8.yaml': refused('ERR_MAPPING', 'not-utf-8.yaml: the mapping is not UTF-8. Save it as UTF-8.'),
  'on-invalid-field-unknown.yaml': refused(
    'ERR_MAPPING',
    'on-invalid-field-unknown.yaml:3:19: this must be one of reject_row, drop_field.',
  ),
  'only-a-comment.yaml': refused(
    'ERR_MAPPING',
    'only-a-comment.yaml: the mapping is empty. Begin with "version: 1".',
  ),
  'only-column-unknown.yaml': refused('ERR_MAPPING', [
    'only-column-unknown.yaml:3:9: no column "Status" in contacts.csv.',
    'It has: "contact_id", "name", "email".',
  ]),
  'only-without-values.yaml': refused(
    'ERR_MAPPING',
    'only-without-values.yaml:3:15: here belong the values a row may have: the list is empty.',
  ),
  'python-tag.yaml': refused(
    'ERR_MAPPING',
    'python-tag.yaml:4:9: tags (!name) are not allowed: write the plain value, in quotes if it begins with "!".',
  ),
  'reserved-key-at-the-top.yaml': refused(
    'ERR_MAPPING',
    'reserved-key-at-the-top.yaml:3:1: "__proto__" means nothing in the … defaults, clear_marker, on_invalid_field, guard.',
  ),
  'tab-indented.yaml': refused(
    'ERR_MAPPING',
    'tab-indented.yaml:4:1: this is not YAML: Tabs are not allowed as indentation.',
  ),
  'the-input-by-mistake.csv': refused(
    'ERR_MAPPING',
    'the-input-by-mistake.csv: by its name this is no mapping. Is it the input? --mapping takes a YAML or JSON file.',
  ),
  'the-jsonl-input-by-mistake.jsonl': refused(
    'ERR_MAPPING',
    'the-jsonl-input-by-mistake.jsonl: by its name this is no mapping. Is it the input? --mapping takes a YAML or JSON file.',
  ),
  'trailing-comma.json': refused(
    'ERR_MAPPING',
    'trailing-comma.json:1:71: this is not YAML: Unexpected , in flow map.',
  ),
  'two-documents.yaml': refused(
    'ERR_MAPPING',
    'two-documents.yaml:5:1: a mapping is one document: remove everything from "---" on.',
  ),
  'unclosed-brace.yaml': refused(
    'ERR_MAPPING',
    'unclosed-brace.yaml:5:1: this is not YAML: Flow map in block collection must be sufficiently indented and end with a }.',
  ),
  'unclosed-quote.yaml': refused(
    'ERR_MAPPING',
    'unclosed-quote.yaml:5:1: this is not YAML: Missing closing "quote.',
  ),
  'unknown-key.yaml': refused(
    'ERR_MAPPING',
    'unknown-key.yaml:3:1: "feilds" means nothing in the mapping. Did you mean "fields"?',
  ),
  'version-as-text.yaml': refused(
    'ERR_MAPPING',
    'version-as-text.yaml:1:10: the version of a mapping is a number. Write "version: 1".',
  ),
  'version-missing.yaml': refused(
    'ERR_MAPPING',
    'version-missing.yaml: "version" is missing. Begin with "version: 1".',
  ),
  'version-of-the-future.yaml': refused(
    'ERR_MAPPING',
    'version-of-the-future.yaml:1:10: this mapping has version 2, and this program knows version 1 only. Install a newer one.',
  ),
};
