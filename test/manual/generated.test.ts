import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { readPage } from '../../src/commands/help/read-page.ts';
import { TOPIC_NAMES } from '../../src/manual/topics.ts';
import { MANUAL } from '../helpers/manual.ts';

// `npm run manual` writes the pages anew
test.each(TOPIC_NAMES)('%s says in the repository what the code says', async (topic) => {
  await expect(await readPage(topic, COMMANDS)).toMatchFileSnapshot(join(MANUAL, `${topic}.md`));
});
