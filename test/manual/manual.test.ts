import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { TOPIC_NAMES, TOPICS, topicList } from '../../src/manual/topics.ts';
import { parseMapping } from '../../src/mapping/parse/parse.ts';
import { readJobs } from '../helpers/job-file.ts';
import { BLOCKS, DOCUMENTS, page, pageNames, ROOT } from '../helpers/manual.ts';

describe('the pages', () => {
  test('are those that have a topic, and each begins with a heading', () => {
    expect(pageNames()).toEqual([...TOPIC_NAMES].sort());
    for (const name of pageNames()) expect(page(name)).toMatch(/^# \w/);
  });

  test('are listed by README and by the help of the program', () => {
    const readme = DOCUMENTS.get('README.md') ?? '';
    for (const [topic, text] of Object.entries(TOPICS)) {
      expect(readme).toContain(`| [${topic}](src/manual/${topic}.md) | ${text} |`);
      expect(topicList()).toMatch(new RegExp(`^  ${topic} +\\S`, 'm'));
    }
  });

  test('README stays an introduction', () => {
    expect((DOCUMENTS.get('README.md') ?? '').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  test('each command names pages that say more', () => {
    for (const { usage, topics } of COMMANDS) expect(topics, usage).not.toEqual([]);
  });
});

describe('links', () => {
  const links = [...DOCUMENTS].flatMap(([path, text]) =>
    [...withoutCode(text).matchAll(/(?:\]\(|src(?:set)?=")([^)"]+)/g)].map(([, target = '']) => ({
      path,
      target,
    })),
  );
  const own = links.filter(({ target }) => !/^https?:/.test(target));

  test('are found', () => {
    expect(own.length).toBeGreaterThan(TOPIC_NAMES.length * 2);
  });

  test.each(own)('$path: $target is there', ({ path, target }) => {
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? path : posix.join(posix.dirname(path), file);
    expect(existsSync(join(ROOT, found)), found).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(DOCUMENTS.get(found) ?? '')).toContain(anchor);
  });

  test.each(own.filter(({ path }) => dirname(path) === 'src/manual'))(
    '$path: $target leads to a page, which a terminal can show',
    ({ target }) => {
      expect(target.split('#')[0]).toMatch(new RegExp(`^(?:${TOPIC_NAMES.join('|')})\\.md$`));
    },
  );
});

describe('errors', () => {
  const rows = [...page('errors').matchAll(/^\| (.*) \|$/gm)]
    .map(([, row = '']) => row.split(' | '))
    .filter(([code = '']) => code.startsWith('`ERR_'));
  const explained = rows.map(([code = '']) => code.replaceAll('`', ''));

  test('are explained once each', () => {
    expect(explained.filter((code, index) => explained.indexOf(code) !== index)).toEqual([]);
  });

  test('are explained, every one that the program knows, and no other', () => {
    expect([...explained].sort()).toEqual(codesOfSource());
  });

  test.each(rows)('%s has a cause and something to do', (...cells) => {
    expect(cells).toHaveLength(3);
    for (const cell of cells) expect(cell.trim().length).toBeGreaterThan(5);
  });
});

describe('options', () => {
  const sections = new Map(
    page('options')
      .split(/^## /m)
      .slice(1)
      .map((section) => [/^`livedesk-sync (\w+)/.exec(section)?.[1] ?? '', section]),
  );

  test.each(COMMANDS)('of $usage are all there, and no other', ({ usage, options }) => {
    const section = sections.get(nameOf(usage)) ?? '';
    const listed = [...section.matchAll(/^\| `(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name);
    expect([...listed].sort()).toEqual(Object.keys(options).sort());
  });

  test('of commands that are not there are not explained', () => {
    expect([...sections.keys()].sort()).toEqual(COMMANDS.map(({ usage }) => nameOf(usage)).sort());
  });
});

describe('examples', () => {
  const commands = [
    ...BLOCKS.filter(({ language }) => language === 'sh' || language === 'cron').flatMap(({ path, text }) =>
      text.split('\n').map((line) => ({ path, line })),
    ),
    ...[...DOCUMENTS].flatMap(([path, text]) =>
      [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`(livedesk-sync [^`]+)`/g)].map(([, code = '']) => ({
        path,
        line: code.replace(/\s+/g, ' '),
      })),
    ),
  ].flatMap(({ path, line }) =>
    [...line.matchAll(/(?:livedesk-sync|dist\/main\.js) ([a-z]+[^|>#&]*)/g)].map(([, command = '']) => ({
      path,
      command: command.trim(),
    })),
  );

  test('are found', () => {
    expect(commands.length).toBeGreaterThan(30);
  });

  test.each(commands)('$path: $command is a command with options that it has', ({ command }) => {
    const [name = '', ...words] = command.split(' ');
    const known = COMMANDS.find(({ usage }) => nameOf(usage) === name);
    expect(known, `there is no command ${name}`).toBeDefined();
    const aliases = Object.values(known?.options ?? {}).map(({ alias }) => `-${alias}`);
    const names = Object.keys(known?.options ?? {}).map((option) => `--${option}`);
    const used = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]);
    for (const option of used) expect([...names, ...aliases]).toContain(option);
    const topic = name === 'help' ? words[0] : undefined;
    if (topic !== undefined && !/^(?:TOPIC|<topic)$/.test(topic)) {
      expect([...TOPIC_NAMES, ...COMMANDS.map(({ usage }) => nameOf(usage))]).toContain(topic);
    }
  });

  test.each(BLOCKS.filter(({ language }) => language === 'yaml'))(
    '$path: a mapping, or a file of jobs, that the loader takes',
    ({ text }) => {
      const load = /^jobs:$/m.test(text) ? readJobs : parseMapping;
      expect(() => load(text, 'manual')).not.toThrow();
    },
  );

  test.each(BLOCKS.filter(({ language }) => language === 'json'))(
    '$path: JSON that can be read',
    ({ text }) => {
      expect(() => JSON.parse(text)).not.toThrow();
    },
  );
});

// --- internal ---

function nameOf(usage: string): string {
  return usage.split(' ')[0] ?? '';
}

/** The text without blocks and spans of code, in which brackets are no links. */
function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '');
}

/** Places of a page that a link may name, as code hosts make them of its headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Every code that stands in quotes in the source: those of Node stand in patterns and comments only. */
function codesOfSource(): string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const codes = files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(ROOT, 'src', name), 'utf8').matchAll(/(['"])(ERR_[A-Z_]+)\1/g)])
    .map(([, , code = '']) => code);
  return [...new Set(codes)].sort();
}
