import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/core/version.ts';
import { OPTIONS } from '../../src/mapping/options.ts';
import { FIELD_TYPES } from '../../src/mapping/policies.ts';
import { COLUMN_NAMES } from '../../src/mapping/targets.ts';
import { DOCUMENT_WORDS, SOURCE_WORDS } from '../../src/mapping/vocabulary.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { runCli } from '../helpers/cli-process.ts';
import { fixture } from '../helpers/fixture.ts';
import { newPlace } from '../helpers/place.ts';
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
    ['no file named', ['init'], 'init needs the input to look at: a CSV or JSONL file'],
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

/** A folder to stand in, as a person at a shell does. */
async function standIn(files: Readonly<Record<string, string | Buffer>>) {
  const place = await newPlace();
  for (const [name, text] of Object.entries(files)) place.write(name, text);
  const bare = { LIVEDESK_API_KEY: '', LIVEDESK_API_SECRET: '', LIVEDESK_BASE_URL: '' };
  return {
    ...place,
    init: (...words: string[]) => place.type(['init', ...words], { env: bare }),
    paste: (command: string | undefined) => place.paste(command, { env: bare }),
    read: (name: string): string => readFileSync(name, 'utf8'),
  };
}

const LATIN = Buffer.from('contact_id;Name;Stra\xdfe\n1;M\xfcller;x\n2;Smith;y\n', 'latin1');

describe('init reads as run does', () => {
  it('bytes that are not UTF-8 are read in the encoding that run would ask for, which the commands name', async () => {
    const { init, paste, read } = await standIn({ 'in.csv': LATIN });
    const { code, commands, stderr } = await init('in.csv');
    expect(code).toBe(0);
    expect(stderr).toContain('from 2 sampled rows');
    expect(stderr).toContain('It is not UTF-8 and was read as windows-1252;');
    expect(read('mapping.yaml')).toContain('# custom_attributes.strasse: "Straße"');
    expect(commands[0]).toBe('run in.csv -m mapping.yaml --encoding windows-1252 --dry-run');
    expect(await paste(commands[0])).toMatchObject({ code: 0 });
  });

  it('the same where only rows are not, and of stdin says what to say', async () => {
    const rows = Buffer.from('contact_id,Name\n1,M\xfcller\n2,Smith\n', 'latin1');
    const { init, type } = await standIn({ 'in.csv': rows });
    expect((await init('in.csv')).stderr).toContain('from 2 sampled rows');
    const piped = await type(['init', '-', '-o', '-'], { stdin: rows.toString('latin1') });
    expect(piped.code).toBe(0);
    const raw = await cliHere(['init', '-', '-o', '-'], { stdin: rows });
    expect(raw.stderr).toContain('Rows that are not UTF-8 were left out; they look like windows-1252.');
  });

  it('the commands carry every option of reading', async () => {
    const { init, paste } = await standIn({ 'in.txt': "a title\ncontact_id^Name\n1^'Anna'\ntotal^1\n" });
    const words = [
      '--delimiter',
      '^',
      '--quote',
      "'",
      '--skip-rows',
      '1',
      '--skip-footer',
      '1',
      '--format',
      'csv',
    ];
    const { commands } = await init('in.txt', ...words);
    expect(commands[0]).toContain('--skip-rows 1 --skip-footer 1 --dry-run');
    expect(await paste(commands[0])).toMatchObject({ code: 0, stdout: expect.stringMatching(/planned +1 /) });
  });

  it('the path of the JSON Schema is relative', async () => {
    const { init, read } = await standIn({ 'in.csv': LATIN });
    await init('in.csv');
    expect(read('mapping.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.{1,2}\/\S+mapping\.schema\.json\n/,
    );
  });
});

describe('init --job', () => {
  it('writes mapping and job; its commands work as soon as the key is where it says', async () => {
    const { init, paste, read, write, emulator, kept } = await standIn({ 'in.csv': LATIN });
    const { code, commands, stderr } = await init('in.csv', '--job', 'nightly-crm');
    expect([code, commands]).toEqual([
      0,
      ['run --job nightly-crm --dry-run', 'run --job nightly-crm --limit 10', 'run --job nightly-crm'],
    ]);
    expect(stderr).toContain('write its key into secrets/api-key and its secret into secrets/api-secret');
    expect(read('livedesk-sync.yaml').replace(/\$schema=\S+/, '$schema=…')).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=…
      # "livedesk-sync help jobs" explains this file.
      version: 1
      accounts:
        main:
          api_key_file: secrets/api-key  # a file that holds the key and nothing else, for your eyes only
          api_secret_file: secrets/api-secret
      jobs:
        nightly-crm:
          account: main
          input: in.csv
          mapping: nightly-crm.mapping.yaml
          encoding: windows-1252
          continue: true
          keep: 30d
      "
    `);
    expect(await paste(commands[0])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Dry run of nightly-crm'),
    });
    expect((await paste(commands[1])).code).toBe(2);
    mkdirSync('secrets');
    write('secrets/api-key', 'demo-key');
    write('secrets/api-secret', 'demo-secret');
    write(
      'livedesk-sync.yaml',
      read('livedesk-sync.yaml').replace(
        '  main:\n',
        `  main:\n    base_url: ${emulator.url}\n    rate: unlimited\n`,
      ),
    );
    expect(await paste(commands[1])).toMatchObject({ code: 0, sent: 2 });
    expect(await paste(commands[2])).toMatchObject({ code: 0, sent: 0 });
    expect(kept().header.job).toBe('nightly-crm');
  });

  it('adds a job to a file that is there, in which not a character changes', async () => {
    const before = `# ours
version: 1
jobs:   # all of them
    one: { account: a,   input: x.csv }   # the first

    # the second
    two:
        account: b
        input: "y.csv"   # quoted
# accounts follow

accounts:
    a: { api_key_file: k, api_secret_file: s }
    b: { api_key_file: k2, api_secret_file: s2 }
`;
    const { init, read } = await standIn({ 'in.csv': LATIN, 'conf.yaml': before });
    const { code, commands, stderr } = await init(
      'in.csv',
      '--job',
      'three',
      '--config',
      'conf.yaml',
      '-o',
      'maps/m.yaml',
    );
    expect([code, commands[0]]).toEqual([0, 'run --job three --config conf.yaml --dry-run']);
    expect(stderr).toContain('conf.yaml has the job three, of the account a, the first one there');
    const own = `    three:
        account: a
        input: in.csv
        mapping: maps/m.yaml
        encoding: windows-1252
        continue: true
        keep: 30d
`;
    expect(read('conf.yaml')).toBe(before.replace('# accounts follow', `${own}# accounts follow`));
  });

  it.each<[words: string[], files: Record<string, string>, message: string]>([
    [['--job', 'auto'], {}, '--job takes a name of up to 64 letters'],
    [['--job', 'a b'], {}, '--job takes a name of up to 64 letters'],
    [['--job', 'x', '-o', '-'], {}, '--job writes files; it does not go with --output -'],
    [
      ['--job', 'x'],
      { 'livedesk-sync.yaml': 'a: [' },
      'livedesk-sync.yaml is no file of jobs to which one can be added',
    ],
    [
      ['--job', 'x'],
      { 'livedesk-sync.yaml': 'version: 1\njobs: { y: {} }\n' },
      'is no file of jobs to which one can be added',
    ],
    [
      ['--job', 'x'],
      { 'livedesk-sync.yaml': 'accounts:\n  a: {}\njobs:\n  x: {}\n' },
      'livedesk-sync.yaml has a job x already. Choose another name with --job.',
    ],
  ])('%o is exit 2, and nothing is written', async (words, files, message) => {
    const { init } = await standIn({ 'in.csv': LATIN, ...files });
    const { code, stderr } = await init('in.csv', ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync('x.mapping.yaml')).toBe(false);
  });
});

describe('help', () => {
  it('mapping explains the language: every word that the loader knows, and an example', async () => {
    const { code, stdout, stderr } = await cliHere(['help', 'mapping']);
    expect([code, stderr]).toEqual([0, '']);
    const words = [DOCUMENT_WORDS, SOURCE_WORDS, OPTIONS, FIELD_TYPES].flatMap(Object.keys);
    for (const word of words) expect(stdout).toMatch(new RegExp(`^  \`${word}\` {2,}\\S`, 'm'));
    for (const name of COLUMN_NAMES) expect(stdout).toContain(`\`${name}\``);
    expect(stdout).toContain('    version: 1\n    contact_id: contact_id');
    expect(stdout).toContain('livedesk-sync help mapping\n  --schema` prints the schema');
  });

  it('matching, as it is shown where no terminal is', async () => {
    const { code, stdout, stderr } = await cliHere(['help', 'matching']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "Contacts by your own keys

        With \`match:\` in the mapping (help mapping) a row names its contact by \`identifier\`, \`email\` or
        \`phone_number\` (a key) instead of the LiveDesk id:

          version: 1
          match: { identifier: crm_id, email: Email }   # tried in this order
          on_missing: error                             # or skip, or create
          fields:
            name: Name

      Finding a contact

        A match counts only if it is exactly equal and unique: none is \`ERR_NO_MATCH\`, several are
        \`ERR_AMBIGUOUS\` with their ids, and both are \`invalid\`. Which contact has which key comes from the
        state after a \`pull\` (Only what changed (help state)); up to 100 rows whose contact the pull did
        not see are searched for, since it may have been made meanwhile. A row of which the pull saw one
        key goes to that contact: what an agent has made of its other keys since counts from the next pull
        on. With \`on_missing: create\` the API is asked to make it: if a contact has the key by now, it
        refuses, and that contact is searched for and updated. Without a pull it comes from searches
        (\`--search-rate\`, one a second by default: LiveDesk's search is slow and limited), or from the
        list of all contacts where that takes less time; the log says which.

        \`--pull-every 24h\` pulls at the start of a run whose last complete pull began longer ago, under
        the same lock and at the same rate: one line in a crontab instead of two. A pull that was stopped
        ends the run before its first row, with the exit code of that; the same command goes on with it.
        If the list is not complete (\`ERR_PULL_INCOMPLETE\`), the run says so and goes on. A dry run does
        not pull, nor does a run whose mapping names contacts by id; before shards, run \`pull\` by itself.

      Who is missing

        With \`on_missing: skip\` the rows whose contact is not there end \`skipped\`, and \`missing.csv\` in
        the run directory lists them as rejects (help results) are listed: the row as it stood, and where
        it stood. Once their contacts are made and pulled, send the file like any other input: \`_run\` says
        how old each row is, so nothing that came later is undone. The summary counts them as "no such
        contact" and says how old the pull is. It warns where they may not be missing at all: more than
        100 rows were not in the pull, so that they were not searched for, and the pull is older than
        \`--pull-every\`, or than a day where that is not given.

        A contact without e-mail, phone and identifier is in no list of LiveDesk: a pull does not see it,
        and never calls it gone.

      Making a contact

        \`on_missing: create\` makes contacts that are not there. Creation is the one call that cannot be
        repeated blindly, so the intent is on the disk before it is sent, and a call of unknown fate is
        looked up before anything else happens. The other fields follow in a \`PATCH\`; then the row is
        \`created\`. It needs \`inbox_id\`, the Channel ID from the settings of the channel that the new
        contacts belong to, and a row with an e-mail or an identifier. \`on_missing: skip\` skips such rows
        and lists them. An inbox through which nothing can be made (Facebook, Telegram) ends the run after
        three rows with \`ERR_INBOX\`; e-mail and WhatsApp inboxes refuse rows without an e-mail or a phone.

      Keys that the run itself changes

        What is known of keys follows what the run writes. A row whose e-mail was the key of a contact
        until an earlier row gave that contact another one no longer finds it, and a row whose key an
        earlier row has just given to a contact does.

      Two rows, one value

        Two rows that give one e-mail, phone or identifier to two contacts are found before anything is
        sent, and both are \`invalid\` (\`ERR_DUPLICATE_VALUE\`), each naming the other. Rows whose keys
        another row names together mean one contact. A pipe can be read once only, so there this check is
        left out.
      "
    `);
  });

  it('jobs --schema prints the JSON Schema', async () => {
    const { code, stdout } = await cliHere(['help', 'jobs', '--schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Jobs of livedesk-contact-sync' });
  });

  it('--schema goes with mapping and jobs alone', async () => {
    const { code, stdout, stderr } = await cliHere(['help', 'state', '--schema']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      '--schema goes with help mapping and help jobs, not with help state (ERR_USAGE)',
    );
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
