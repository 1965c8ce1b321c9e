#!/usr/bin/env node
// @ts-check
/// <reference lib="dom" />
// Makes the pictures of README from real runs against the emulator: the terminal of a run, through tmux, and the report
// of a run that was stopped and gone on with, in Chromium. Needs both; CHROMIUM_PATH names another Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { palettePng } from './pictures/palette-png.mjs';
import { terminalSvg } from './pictures/terminal-svg.mjs';

const COLUMNS = 100;
const LINES = 32;
const ROWS = 4000;
/** Pixels of the report's picture: all that it shows before its details are opened. */
const VIEW = { width: 1280, height: 840 };
/** Both pictures of the report together. */
const MAX_BYTES = 250_000;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const PICTURES = fileURLToPath(new URL('../fixtures/pictures/', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'livedesk-pictures-'));
const emulator = spawn(
  process.execPath,
  [MAIN, 'emulate', '--port', '0', '--quiet', '--contacts', String(ROWS + 200), '--limit', '180/1s'].concat([
    '--latency',
    '15-120ms',
    '--throttle-mode',
    'retry-after',
    '--fault',
    '500=2%',
    '--fault',
    'reset-after=1%',
  ]),
  { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
);
try {
  const [chunk] = await once(emulator.stdout, 'data');
  const url = /on (http:\S+) /.exec(String(chunk))?.[1];
  if (url === undefined) throw new Error('the emulator named no address');
  const env = {
    PATH: `${folder}${delimiter}${process.env['PATH']}`,
    LANG: 'C.UTF-8',
    LIVEDESK_API_KEY: 'demo-key',
    LIVEDESK_API_SECRET: 'demo-secret',
    LIVEDESK_BASE_URL: url,
    LIVEDESK_NO_STATE: 'true', // each picture is of a run that sends all
  };
  symlinkSync(MAIN, join(folder, 'livedesk-sync'));
  writeInputs();
  mkdirSync(PICTURES, { recursive: true });

  sync(env, [
    'run',
    'contacts.csv',
    '-m',
    'mapping.yaml',
    '--rate',
    '150',
    '--limit',
    '2500',
    '-o',
    'runs/monday',
  ]);
  sync(env, [
    'run',
    'contacts.csv',
    '-m',
    'mapping.yaml',
    '--rate',
    '200',
    '--stop-after',
    '9s',
    '-o',
    'runs/tuesday',
  ]);
  await delay(2_000);
  const going = spawn(MAIN, ['run', '--resume', 'runs/tuesday', '--rate', '200', '--log-level', 'error'], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
  const ended = once(going, 'exit');
  await delay(4_000);
  await down(url, true);
  await delay(3_000);
  await down(url, false);
  await ended;
  sync(env, ['report', 'runs/tuesday']);
  await photograph(join(folder, 'runs/tuesday/report.html'));

  const screen = await terminalOf(
    'livedesk-sync run contacts.csv -m mapping.yaml --rate 150 --log-level error -o runs/wednesday',
    env,
  );
  writeFileSync(join(PICTURES, 'terminal.svg'), terminalSvg(screen, COLUMNS));
  process.stdout.write(`Pictures: ${PICTURES}\n`);
} finally {
  emulator.kill();
  rmSync(folder, { recursive: true, force: true });
}

// --- internal ---

function writeInputs() {
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const id = i + 1;
    const email = id % 53 === 0 ? 'not known' : `person.${id}@example.com`;
    return `${id % 97 === 0 ? id + 90_000 : id},Person ${id},${email},${id % 211 === 0 ? 'X' : 'G'}`;
  });
  writeFileSync(join(folder, 'contacts.csv'), `LiveDesk ID,Name,E-mail,Tier\n${lines.join('\n')}\n`);
  const mapping = [
    'version: 1',
    'contact_id: LiveDesk ID',
    'fields:',
    '  name: Name',
    '  email: E-mail',
    '  custom_attributes.vip_level: { column: Tier, values: { G: gold, P: platinum }, otherwise: error }',
  ];
  writeFileSync(join(folder, 'mapping.yaml'), `${mapping.join('\n')}\n`);
}

/**
 * Runs the program to its end; bad rows and stopping early are part of the picture.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args
 */
function sync(env, args) {
  try {
    execFileSync(MAIN, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    if (status !== 1 && status !== 3) throw error;
  }
}

/**
 * @param {string} url
 * @param {boolean} isDown
 */
async function down(url, isDown) {
  await fetch(`${url}/_emulator/set`, { method: 'POST', body: JSON.stringify({ down: isDown }) });
}

/**
 * The screen after `command` has ended.
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 */
async function terminalOf(command, env) {
  const socket = join(folder, 'tmux');
  /** @param {readonly string[]} args */
  const tmux = (args) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { cwd: folder, env, encoding: 'utf8' });
  const mark = join(folder, 'ended');
  const script = `printf '$ %s\\n' '${command}'; ${command}; touch '${mark}'; sleep 60`;
  tmux(['new-session', '-d', '-x', String(COLUMNS), '-y', String(LINES), script]);
  try {
    for (let i = 0; i < 900 && !existsSync(mark); i += 1) await delay(100);
    if (!existsSync(mark)) throw new Error(`"${command}" did not end in time`);
    return tmux(['capture-pane', '-p']);
  } finally {
    tmux(['kill-server']);
  }
}

/** @param {string} path */
async function photograph(path) {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const executablePath = process.env['CHROMIUM_PATH'] ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error('no Chromium: install it, or name it with CHROMIUM_PATH');
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  let bytes = 0;
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const context = await browser.newContext({ colorScheme, offline: true, viewport: VIEW });
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href);
    const png = palettePng(await pixelsOf(page, await page.screenshot()), VIEW.width);
    writeFileSync(join(PICTURES, `report-${colorScheme}.png`), png);
    bytes += png.length;
    await context.close();
  }
  await browser.close();
  if (bytes > MAX_BYTES)
    throw new Error(`the pictures of the report have ${bytes} bytes, more than ${MAX_BYTES}`);
}

/**
 * The browser unpacks what it packed.
 * @param {import('playwright-core').Page} page
 * @param {Buffer} png
 */
async function pixelsOf(page, png) {
  await page.goto('about:blank');
  const url = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.addEventListener('load', resolve));
    reader.readAsDataURL(new Blob([data]));
    await read;
    return String(reader.result);
  }, png.toString('base64'));
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
