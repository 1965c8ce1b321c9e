import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/core/version.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { runCli } from '../helpers/cli-process.ts';
import { fixture } from '../helpers/fixture.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const HUBSPOT = fixture('init/hubspot.csv');

describe('init', () => {
  it('writes mapping.yaml where the user stands, which a run takes, and says what comes next', async () => {
    const cwd = tempDir();
    const input = fixture('readme/contacts.csv');
    const { code, stdout, stderr } = await runCli(['init', input], { cwd });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr.replaceAll(input, 'contacts.csv')).toMatchInlineSnapshot(`
      "mapping.yaml maps 3 of 5 fields from 5 sampled rows; the others are comments in it.
      To fill in: phone_number (country).
      Next: read it, then see what would be sent:
        livedesk-sync run contacts.csv -m mapping.yaml --dry-run
      and try a few rows for real:
        livedesk-sync run contacts.csv -m mapping.yaml --limit 10
      "
    `);
    const dry = await runCli(['run', input, '-m', 'mapping.yaml', '--dry-run', '--json'], { cwd });
    const { statuses } = JSON.parse(dry.stdout) as { statuses: Record<string, number> };
    expect(statuses).toMatchObject({ planned: 3, invalid: 2 });
  });

  it('points to the JSON Schema of the package', async () => {
    const cwd = tempDir();
    await runCli(['init', HUBSPOT, '--output', 'maps/hubspot.yaml'], { cwd });
    const text = readFileSync(join(cwd, 'maps/hubspot.yaml'), 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    const path = resolve(dirname(join(cwd, 'maps/hubspot.yaml')), schema);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('Mapping of livedesk-contact-sync');
  });

  it('shows the draft of an export with a reason at each line', async () => {
    const { code, stdout, stderr } = await cliHere(['init', HUBSPOT, '-o', '-']);
    expect(code).toBe(0);
    expect(stderr).toContain('The draft maps 7 of 16 fields from 3 sampled rows, an export of HubSpot');
    const shown = stdout.replace(/\$schema=\S+/, '$schema=…').replaceAll(HUBSPOT, 'hubspot.csv');
    expect(shown).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=…
      # Drafted from "hubspot.csv", by its columns an export of HubSpot.
      # Read each line before the first run; "livedesk-sync help mapping" explains the language.
      version: 1

      # No column holds the LiveDesk contact id, so contacts are found by keys, tried in this order.
      match:
        identifier: "Record ID"                                 # the id of HubSpot, searched as the identifier; it is no LiveDesk contact id
        email: "Email address"                                  # unique in LiveDesk
        # phone_number: "Mobile phone number"                   # less sure than e-mail: phones are shared
      # on_missing: skip                                        # or create, with inbox_id; left out, a row without a contact is invalid

      fields:
        name: "{First name} {Last name}"                        # first and last name; not sent where one is empty, unless partial: send
        email: "Email address"                                  # e-mail, by its name
        phone_number: "Mobile phone number"                     # phone; every sampled number begins with "+"
        additional_attributes.company_name: "Company name"      # company, by its name
        additional_attributes.city: City                        # city, by its name
        additional_attributes.country: "Country/Region"         # country, by its name
        additional_attributes.social_profiles.linkedin: "LinkedIn Bio"  # by its name

        # Not mapped, so not sent. Uncomment what agents should see.
        # identifier: "Record ID"                               # stores the id of the CRM, so that later runs find the contact by it
        # custom_attributes.phone_number: "Phone number"        # text
        # custom_attributes.job_title: "Job title"              # text
        # custom_attributes.website_url: { column: "Website URL", type: url }  # web addresses
        # custom_attributes.state_region: "State/Region"        # empty in the sample: text
        # custom_attributes.zip_code: "Zip code"                # text: digits that are a name, not a number
        # custom_attributes.lifecycle_stage: "Lifecycle stage"  # text
        # custom_attributes.lead_status: "Lead status"          # text
        # custom_attributes.contact_owner: "Contact owner"      # text

      # additional_attributes: merges                           # saves a request a row, once you know that the account merges them
      "
    `);
  });

  it('leaves a file alone that is there, unless forced', async () => {
    const output = join(tempDir(), 'mapping.yaml');
    writeFileSync(output, 'mine');
    const refused = await cliHere(['init', HUBSPOT, '-o', output]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'is there already. Name another file with --output, or overwrite it with --force. (ERR_OUTPUT)',
    );
    expect(readFileSync(output, 'utf8')).toBe('mine');
    const forced = await cliHere(['init', HUBSPOT, '-o', output, '--force']);
    expect(forced.code).toBe(0);
    expect(readFileSync(output, 'utf8')).toContain('version: 1');
  });

  it('says where it cannot write', async () => {
    const file = writeInput('a-file', '');
    const { code, stderr } = await cliHere(['init', HUBSPOT, '-o', join(file, 'mapping.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be written: E\w+\. Name another file with --output\. \(ERR_OUTPUT\)/);
  });

  it('reads stdin, JSONL and gzip, and takes the options of reading', async () => {
    const jsonl = '{"contact_id":7,"profile":{"email":"a@example.com"},"plan":{"name":"gold","seats":3}}\n';
    const piped = await cliHere(['init', '-', '-o', '-', '--format', 'jsonl'], { stdin: gzipSync(jsonl) });
    expect(piped.code).toBe(0);
    expect(piped.stdout).toContain('contact_id: contact_id');
    expect(piped.stdout).toMatch(/# custom_attributes\.plan_seats: plan\.seats +# keeps its JSON type/);

    const latin = writeInput('latin.csv', Buffer.from('E-Mail|Stra\xdfe\na@example.com|x\n', 'latin1'));
    const read = ['--encoding', 'windows-1252', '--delimiter', '|'];
    const { code, stdout } = await cliHere(['init', latin, '-o', '-', ...read]);
    expect(code).toBe(0);
    expect(stdout).toContain('# custom_attributes.strasse: "Straße"');
  });

  it('drafts from a header without rows', async () => {
    const input = writeInput('empty.csv', 'Email,Phone\n');
    const { code, stdout } = await cliHere(['init', input, '-o', '-']);
    expect(code).toBe(0);
    expect(stdout).toContain('phone, by its name; empty in the sample');
  });

  it('draws on the rows before the place where the input breaks', async () => {
    const input = writeInput('broken.csv', 'Email,Score\na@example.com,"7"\nb@example.com,"8\n');
    const { code, stdout } = await cliHere(['init', input, '-o', '-']);
    expect(code).toBe(0);
    expect(stdout).toContain('type: integer');
  });

  it.each([
    ['no such file', ['init', 'nowhere.csv'], 'nowhere.csv'],
    ['no file named', ['init'], 'Not enough non-option arguments'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await cliHere([...args, ...(args.length > 1 ? ['-o', '-'] : [])]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses a file that does not say whose a row is', async () => {
    const { code, stderr } = await cliHere([
      'init',
      writeInput('tiers.csv', 'Tier,Score\ngold,2\n'),
      '-o',
      '-',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('says whose contact a row is');
    expect(stderr).toContain('It has: "Tier", "Score". (ERR_MAPPING)');
    expect(stderr).not.toContain('gold');
  });
});

describe('help', () => {
  it('mapping explains the language, within the width of the terminal', async () => {
    const { code, stdout, stderr } = await cliHere(['help', 'mapping']);
    expect([code, stderr]).toEqual([0, '']);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect(stdout).toMatchInlineSnapshot(`
      "A mapping, YAML or JSON, says which columns go to which fields. "livedesk-sync init FILE" drafts one.

        version: 1
        match: { identifier: Id, email: Email }            # or contact_id: <column>, where the LiveDesk id is known
        fields:
          name: "{First Name} {Last Name}"
          email: Email
          phone_number: { column: Phone, country: US }
          additional_attributes.company_name: Company
          custom_attributes.tier: { column: Tier, values: { G: gold, P: platinum }, otherwise: error }
          custom_attributes.score: { column: Score, type: number, decimal: "," }
          custom_attributes.renewal: { column: Renewal, type: date, format: dd/MM/yyyy }
          custom_attributes.source: { value: crm }

      The document

        version                Version of the mapping language: 1.
        contact_id             The column with the LiveDesk contact id. Where there is none, use "match".
        match                  Keys to find contacts by, tried in this order; the first that finds one
                               decides. Instead of "contact_id".
        on_missing             With "match": what becomes of a row whose contact is not found.
        inbox_id               With on_missing: create: the Channel ID of the inbox that new contacts
                               belong to.
        only                   Columns and the values that a row must have in them; other rows are
                               skipped.
        fields                 Fields to set, and the column or template that each is taken from.
        expect                 Fields whose value the answered contact must show, else the row ends with
                               ERR_WRONG_CONTACT.
        additional_attributes  What the account does with additional_attributes that a request leaves out.
                               Left out: the safe way, which costs a second request.
        defaults               Policies of all fields that do not say otherwise.
        clear_marker           A cell with exactly this text clears its field.
        on_invalid_field       What a value that cannot be sent does: refuse its row, or be left out of
                               it.

      on_missing is error, skip, create.

      Fields to set

        name, email, phone_number, identifier, blocked
                                 columns of the contact
        custom_attributes.<key>  an attribute of your own; others are kept
        custom_attributes.*      one for each column that a pattern matches
        additional_attributes.<key>
                                 company_name, city, country, country_code, description, telegram,
                                 social_profiles, or another; others are kept
        additional_attributes.social_profiles.<key>
                                 facebook, github, instagram, linkedin, twitter
        custom_attributes, additional_attributes
                                 a whole object, in JSONL or as JSON text
        first_name, last_name, avatar_url, thumbnail, availability_status, created_at, last_activity_at
                                 allowed, but LiveDesk is known or likely to ignore them

      A field is a column, a template if it has braces, or written out as { … } with one of

        column    The name of a column; in JSONL a dotted path.
        template  Text with columns in braces, like "{first_name} {last_name}".
        columns   A pattern of column names with one "*", like "cf_*": what it stands for becomes the key.
        value     A fixed value.

      and any of

        type         Type of the value.
        true         Cells that mean true; "false" belongs beside it.
        false        Cells that mean false; "true" belongs beside it.
        decimal      Decimal mark. Default "."
        format       Date format of yyyy MM dd HH mm ss XXX, like dd/MM/yyyy. Default: ISO 8601.
        zone         IANA time zone of times without an offset, like Europe/Berlin. Default UTC.
        country      Country of numbers without "+": the two letters of ISO 3166, like US.
        separator    What stands between two items. Default ","
        trim         Whether white space around the cell is removed. Default true.
        empty        What an empty cell does: keep the value, clear the field, or make the row invalid.
                     Default keep.
        null         What a JSON null does. Default: the same as "empty".
        partial      What a template does when only some of its columns are empty. Default keep.
        values       What is sent for each cell, like { G: gold, P: platinum }.
        otherwise    What a cell does that "values" does not list: error, keep, send, or { value: … }.
                     Default error.
        on_conflict  With a state: who wins when the row and the account both changed the field. Default
                     ours.

      empty and null are keep, clear, error; partial is keep, send, error; on_conflict is ours, theirs.

      Types

        string     any text
        integer    digits, like -12, sent as a number
        number     a decimal number like 3.5; with decimal: ',' like 3,5
        boolean    true/false, yes/no, y/n, 1/0, on/off in any case, or the cells under true: and false:
        date       ISO 8601, or format:; sent as yyyy-MM-dd
        timestamp  ISO 8601, or format:, or unix seconds; sent as unix seconds
        phone      any common spelling, without "+" for country: alone; sent as E.164
        email      an e-mail address
        url        an address with http:// or https://
        json       JSON text; sent as the value that it is
        list       texts parted by separator:; sent as an array

      For editors: livedesk-sync help mapping --schema prints the JSON Schema.

      "
    `);
  });

  it('mapping --schema prints the JSON Schema', async () => {
    const { code, stdout } = await cliHere(['help', 'mapping', '--schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Mapping of livedesk-contact-sync' });
  });

  it('of a command is what the command says of itself', async () => {
    const [asked, own] = [await cliHere(['help', 'run']), await cliHere(['run', '--help'])];
    expect(asked).toEqual(own);
    expect(asked.stdout).toContain('Sync the contacts');
  });

  it('of nothing is that of the program', async () => {
    expect((await cliHere(['help'])).stdout).toBe((await cliHere(['--help'])).stdout);
  });

  it('of something else is a mistake', async () => {
    const { code, stderr } = await cliHere(['help', 'maping']);
    expect(code).toBe(2);
    expect(stderr).toContain('mapping');
  });
});

it('--version names the version, Node and the platform on one line', async () => {
  const { code, stdout, stderr } = await runCli(['--version']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    `livedesk-sync ${VERSION} (Node ${process.version}, ${process.platform} ${process.arch})\n`,
  );
});
