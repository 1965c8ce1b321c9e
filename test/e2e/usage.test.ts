import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { cliHere } from '../helpers/cli-here.ts';

const NEEDY = COMMANDS.map(({ usage }) => usage).filter(
  (usage) => / <\w+>$/.test(usage) && !usage.startsWith('help'),
);

it.each(NEEDY)('%s without it says what is missing', async (usage) => {
  const [command = '', what = ''] = usage.split(/ <|>/);
  const { code, stderr } = await cliHere([command]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    new RegExp(`^livedesk-sync: ${command} needs the ${what} to .*: .+\\. See .*\\(ERR_USAGE\\)\\n$`),
  );
});

it('an option without its value is called as it was typed', async () => {
  expect((await cliHere(['run', 'a.csv', '-m'])).stderr).toContain(' -m needs a value (ERR_USAGE)');
  expect((await cliHere(['run', 'a.csv', '--mapping'])).stderr).toContain(
    ' --mapping needs a value (ERR_USAGE)',
  );
});
