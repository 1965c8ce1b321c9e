import { appendFileSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BeforeFile } from '../../../src/journal/before-images/before-file.ts';
import type { ImageLine } from '../../../src/journal/before-images/before-line.ts';
import {
  NO_IMAGES,
  readBeforeImages,
  wholeImagesOf,
} from '../../../src/journal/before-images/read-before-images.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const RUN = { run_id: 'r1', account: 'a1' };

function image(row: number): ImageLine {
  return { type: 'image', contact: row, row, fields: { name: { old: 'Ä', written: 'B' } } };
}

/** Keeps images in a directory, in one process for each list of rows. */
async function written(...processes: readonly (readonly number[])[]) {
  const dir = tempDir();
  for (const rows of processes) {
    const left = await wholeImagesOf(dir, RUN, 0);
    const file = open(dir, left);
    await Promise.all(rows.map((row) => file.keep(image(row))));
    await file.close();
  }
  return { dir, path: join(dir, 'before.jsonl') };
}

function open(dir: string, left = NO_IMAGES): BeforeFile {
  return new BeforeFile({ dir, runId: 'r1', account: 'a1', left, clock: new FakeClock() });
}

async function rowsIn(dir: string, run = RUN): Promise<number[]> {
  const rows: number[] = [];
  for await (const read of readBeforeImages(dir, run)) rows.push(read.image.row);
  return rows;
}

describe('before-images', () => {
  it('are read as they were kept, in their order, in a file of mode 0600', async () => {
    const { dir, path } = await written([1, 2], [3]);
    expect(await rowsIn(dir)).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([1, 5, 60])(
    'a last line torn %d bytes before its end is cut off, and the file goes on',
    async (bytes) => {
      const { dir, path } = await written([1, 2]);
      truncateSync(path, statSync(path).size - bytes);
      expect(await rowsIn(dir)).toEqual([1]);
      const left = await wholeImagesOf(dir, RUN, 0);
      const file = open(dir, left);
      await file.keep(image(4));
      await file.close();
      expect(await rowsIn(dir)).toEqual([1, 4]);
    },
  );

  it.each([
    ['edited', 3, (lines: string[]) => lines.map((line, i) => (i === 2 ? line.replace('"B"', '"C"') : line))],
    ['left out', 2, (lines: string[]) => lines.filter((_, i) => i !== 1)],
    ['moved', 2, ([a, b, c, d]: string[]) => [a, c, b, d]],
    ['no JSON', 3, (lines: string[]) => lines.map((line, i) => (i === 2 ? 'x' : line))],
    ['of an edited header', 1, (lines: string[]) => lines.map((line) => line.replace('r1', 'r2'))],
    ['without a header', 1, (lines: string[]) => lines.slice(1)],
  ])('a line that is %s is named', async (_how, line, change) => {
    const { dir, path } = await written([1, 2, 3]);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    writeFileSync(path, `${change(lines).join('\n')}\n`);
    const error = {
      code: 'ERR_BEFORE_IMAGES',
      exitCode: 2,
      message: expect.stringContaining(`line ${line}`),
    };
    await expect(rowsIn(dir)).rejects.toMatchObject(error);
    await expect(wholeImagesOf(dir, RUN, 0)).rejects.toMatchObject(error);
  });

  it('those of another run are refused, with its account where that is another one', async () => {
    const { dir } = await written([1]);
    await expect(rowsIn(dir, { ...RUN, run_id: 'r2' })).rejects.toThrow(/line 1.*another run/);
    await expect(rowsIn(dir, { run_id: 'r2', account: 'a2' })).rejects.toThrow(
      /line 1.*account a1.*account a2/,
    );
  });

  it('that are gone though contacts were changed are refused, and begun anew where none was', async () => {
    const { dir, path } = await written([1]);
    unlinkSync(path);
    await expect(wholeImagesOf(dir, RUN, 1)).rejects.toMatchObject({
      code: 'ERR_BEFORE_IMAGES',
      exitCode: 2,
    });
    expect(await wholeImagesOf(dir, RUN, 0)).toEqual(NO_IMAGES);
  });

  it('what is deleted meanwhile keeps no image: the write must not leave, nor any later one', async () => {
    const dir = tempDir();
    const file = open(dir);
    unlinkSync(join(dir, 'before.jsonl'));
    for (const row of [1, 2]) {
      await expect(file.keep(image(row))).rejects.toMatchObject({ code: 'ERR_BEFORE_IMAGES', exitCode: 3 });
    }
    await file.close();
  });

  it('a file that holds bytes after its last line break goes on without them', async () => {
    const { dir, path } = await written([1]);
    appendFileSync(path, '{"type":"image"');
    expect((await wholeImagesOf(dir, RUN, 1)).size).toBeLessThan(statSync(path).size);
  });
});
