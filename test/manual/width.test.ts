import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { readPage } from '../../src/commands/help/read-page.ts';
import { renderMarkdown } from '../../src/commands/help/render-markdown.ts';
import { TOPIC_NAMES } from '../../src/manual/topics.ts';

describe.each(TOPIC_NAMES)('%s', (topic) => {
  test('fits every width, but for its code, whether styled or not', async () => {
    const markdown = await readPage(topic, COMMANDS);
    const withoutCode = markdown.replace(/```[\s\S]*?```/g, '');
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 100 }), fc.boolean(), (width, styled) => {
        const widest = Math.max(
          ...renderMarkdown(withoutCode, { width, styled })
            .split('\n')
            .map((line) => stringWidth(line)),
        );
        expect(widest).toBeLessThanOrEqual(width);
      }),
      { numRuns: 8 },
    );
  });
});
