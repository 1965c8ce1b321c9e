import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChangeFile, writeChangeFile } from '../../src/journal/change-file.ts';
import type { ChangeLine } from '../../src/journal/change-line.ts';
import { changeLine, changesHeader } from '../helpers/change-file.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LINES = [1, 2, 3, 4].map((id) => changeLine(id, { name: [`Old\u2028 ${id}`, `Néw "${id}"`] }));

async function read(path: string): Promise<ChangeLine[]> {
  const lines: ChangeLine[] = [];
  for await (const { change } of readChangeFile(path)) lines.push(change);
  return lines;
}

function written(lines: readonly ChangeLine[]): string {
  const path = join(tempDir(), 'plan.jsonl');
  writeChangeFile(path, changesHeader('https://livedesk.example.com', { contacts: lines.length }), lines);
  return path;
}

describe('a file of change lines', () => {
  it('is read back as it was written, and is private', async () => {
    const path = written(LINES);
    expect((await read(path)).map(({ fields }) => fields)).toEqual(LINES.map(({ fields }) => fields));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('may have the line breaks of Windows', async () => {
    const path = written(LINES);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
    expect(await read(path)).toHaveLength(4);
  });

  it('law: whatever single character is changed, the line that holds it is named', async () => {
    const text = readFileSync(written(LINES), 'utf8');
    const path = join(tempDir(), 'edited.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 2), fc.constantFrom('x', '7', ' ', '"'), async (at, mark) => {
        fc.pre(text[at] !== mark && text[at] !== '\n');
        writeFileSync(path, text.slice(0, at) + mark + text.slice(at + 1));
        const line = text.slice(0, at).split('\n').length;
        await expect(read(path)).rejects.toThrow(`edited.jsonl, line ${line}: `);
      }),
      { numRuns: 150 },
    );
  });

  it('law: whatever line is left out or moved, it is refused', async () => {
    const lines = readFileSync(written(LINES), 'utf8').trimEnd().split('\n');
    const path = join(tempDir(), 'moved.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: 1 }), async (some) => {
        fc.pre(some.join() !== lines.join());
        writeFileSync(path, `${some.join('\n')}\n`);
        await expect(read(path)).rejects.toMatchObject({ code: 'ERR_PLAN', exitCode: 2 });
      }),
      { numRuns: 100 },
    );
  });
});
