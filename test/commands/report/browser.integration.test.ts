/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startChromium } from '../../helpers/browser.ts';
import { changeLine, writePlan } from '../../helpers/change-file.ts';
import { runCli } from '../../helpers/cli-process.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { busyRun, HEADER, HOSTILE, nightOf, rowAt, writeRun } from './sample.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('the page in Chromium, from disk, without a network', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium(chromium ?? '');
  });
  afterAll(() => browser?.close());

  test('every chart is drawn at three widths in both themes, nothing overflows, nothing loads, no fault', async () => {
    const url = await drawn(busyRun());
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme, offline: true, bypassCSP: true });
      const page = await context.newPage();
      const faults = faultsOf(page);
      await page.goto(url);
      await page.click('details.technical > summary');
      for (const width of [360, 800, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        // charts follow the width a moment later
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
          .toBeLessThanOrEqual(width);
        const colours = await page.evaluate(coloursOfCharts);
        expect(colours).toHaveLength(4);
        for (const count of colours) expect(count).toBeGreaterThan(3);
      }
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await violationsOf(page)).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  test('hostile names stay text; the search, the keyboard and a change of theme work', async () => {
    const context = await browser.newContext({ colorScheme: 'light', offline: true });
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(await drawn(busyRun()));
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.next').textContent()).toContain('Begin a new run');
    expect(await page.locator('.next .command').allTextContents()).toEqual([
      expect.stringMatching(/^livedesk-sync run /),
    ]);
    expect(await page.locator('.cause').first().textContent()).toContain('<img src=x');

    await page.fill('#search', 'no such contact');
    expect(await page.locator('.cause:visible').count()).toBe(1);
    expect(await page.locator('#found').textContent()).toBe('1 of 2 causes');

    expect(await page.locator('canvas').count()).toBe(0); // closed, and charts of no width are not drawn
    await page.click('details.technical > summary');
    await page.focus('#chart-rate');
    await page.keyboard.press('ArrowRight');
    expect(
      await page
        .locator('figure', { has: page.locator('#chart-rate') })
        .locator('output')
        .nth(1)
        .textContent(),
    ).toBe('6.6');

    const picture = () => page.evaluate(() => document.querySelector('canvas')?.toDataURL());
    const light = await picture();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(picture).not.toBe(light);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('at 400 pixels an opened cause is read without scrolling sideways, and what is new is seen', async () => {
    const error = { code: 'ERR_EMAIL', message: 'Column "E-mail" is no address', column: 'E-mail' };
    const bad = (row: number, isNew: boolean) =>
      rowAt(row, row, { status: 'invalid', error, fault: String(row), new: isNew });
    const page = await browser.newPage({ viewport: { width: 400, height: 900 } });
    await page.goto(await drawn([HEADER, bad(1, false), bad(2, true), rowAt(3, 3)]));
    expect(await page.locator('h1').textContent()).toBe(
      'So far: 1 of 3 rows is up to date in LiveDesk; 2 rows need a person.',
    );
    await page.click('.cause summary');
    expect(await page.locator('.cause em').allTextContents()).toEqual(['1 new']);
    expect(await page.locator('.cause tbody th').allTextContents()).toEqual(['2', '1']);
    const wide = await page.evaluate(() => {
      const parts = [...document.querySelectorAll('.cause .scroll, .cause td, .cause th, main')];
      return parts.filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0).length;
    });
    expect(wide).toBe(0);
    await page.close();
  });

  test('nights are drawn for each job, at 400 and 1280 pixels, in both themes, and a hostile name stays text', async () => {
    const root = tempDir();
    for (let day = 1; day <= 20; day += 1) {
      writeRun(root, `a${day}`, nightOf('crm', day, { bad: day % 4, fresh: day % 3 ? 0 : day % 4 }));
      writeRun(root, `b${day}`, nightOf(HOSTILE, day, {}));
    }
    expect(await runCli(['report', '--all', root])).toMatchObject({ code: 0, stderr: '' });
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme, offline: true, bypassCSP: true });
      const page = await context.newPage();
      const faults = faultsOf(page);
      await page.goto(pathToFileURL(join(root, 'nights.html')).href);
      for (const width of [400, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
          .toBeLessThanOrEqual(width);
        const colours = await page.evaluate(coloursOfCharts);
        expect(colours).toHaveLength(8);
        for (const count of colours) expect(count).toBeGreaterThan(3);
      }
      await page.focus('#chart-bad-0');
      await page.keyboard.press('End');
      const told = page.locator('figure', { has: page.locator('#chart-bad-0') }).locator('output');
      expect(await told.first().textContent()).toBe('2026-11-20');
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.locator('img').count()).toBe(0);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  test('a plan is searched, at 400 and 1280 pixels, in both themes, and hostile values stay text', async () => {
    const lines = Array.from({ length: 210 }, (_, i) =>
      changeLine(i + 1, { name: [i === 8 ? null : `Old ${i + 1}`, i === 5 ? HOSTILE : `New ${i + 1}`] }),
    );
    const plan = writePlan(join(tempDir(), 'plan.jsonl'), lines);
    expect(await runCli(['report', plan])).toMatchObject({ code: 0, stderr: '' });
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme, offline: true, bypassCSP: true });
      const page = await context.newPage();
      const faults = faultsOf(page);
      await page.goto(pathToFileURL(plan.replace('plan.jsonl', 'plan.html')).href);
      for (const width of [400, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
          .toBeLessThanOrEqual(width);
      }
      const rows = page.locator('#changes tbody tr');
      expect([await rows.count(), await page.locator('#found').textContent()]).toEqual([
        200,
        '200 of 210 contacts',
      ]);
      await page.click('#more');
      expect([await rows.count(), await page.locator('#found').textContent()]).toEqual([210, '210 contacts']);
      await page.fill('#search', 'NEW 9');
      expect((await rows.allTextContents())[0]).toBe('9namenothingNew 9row 9');
      await page.fill('#search', '<img');
      expect([await rows.count(), await page.locator('#found').textContent()]).toEqual([1, '1 contact']);
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  test('one row is said, not drawn', async () => {
    const page = await browser.newPage();
    const faults = faultsOf(page);
    await page.goto(await drawn([HEADER, rowAt(1, 0.1)]));
    expect(await page.locator('canvas').count()).toBe(0);
    expect(await page.locator('main').textContent()).toContain('One row, 41 ms');
    expect(faults).toEqual([]);
    await page.close();
  });
});

// --- internal ---

/** What axe finds that keeps people from reading a page. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function drawn(lines: readonly object[]): Promise<string> {
  const dir = writeRun(tempDir(), 'run', lines);
  expect(await runCli(['report', dir])).toMatchObject({ code: 0, stderr: '' });
  return pathToFileURL(join(dir, 'report.html')).href;
}

/** Errors of the page, and whatever it asks for beside itself. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  page.on('request', (request) => !request.isNavigationRequest() && faults.push(request.url()));
  return faults;
}

/** How many different pixels each chart has: a blank one has one. */
function coloursOfCharts(): number[] {
  return [...document.querySelectorAll('canvas')].map((canvas) => {
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(new Uint32Array(Uint8ClampedArray.from(data).buffer)).size;
  });
}
