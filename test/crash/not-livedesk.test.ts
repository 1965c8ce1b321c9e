import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCli } from '../helpers/cli-process.ts';
import { gatewayBefore, type Instead } from '../helpers/gateway.ts';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, statusesOf } from './site.ts';

const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const contact = (id: string | undefined, more = ''): string => `{"payload":{"id":${id}${more}}}`;
const idIn = (path: string): string | undefined => /contacts\/(\d+)/.exec(path)?.[1];
const html = (status: number): Instead => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${status} No</title></head><body><center><h1>No</h1></center></body></html>`,
});

describe('what is not LiveDesk stops the run at its first answer, and no row ends', () => {
  it.each<[what: string, instead: (path: string) => Instead, says: RegExp]>([
    ['404 in HTML', () => html(404), /an HTML page titled "404 No" \(404\)/],
    ['403 in HTML', () => html(403), /an HTML page titled "403 No" \(403\)/],
    [
      'a compressed answer',
      (path) => ({
        status: 200,
        headers: { 'content-encoding': 'gzip' },
        body: gzipSync(contact(idIn(path))),
      }),
      /a compressed answer \(gzip\)/,
    ],
    [
      'JSON nested without end',
      (path) => ({ status: 200, body: contact(idIn(path), `,"custom_attributes":{"z":${DEEP}}`) }),
      /nested without end/,
    ],
    [
      'an answer without end',
      (path) => ({ status: 200, body: contact(idIn(path), `,"name":"${'x'.repeat(33 * 1024 * 1024)}"`) }),
      /an answer without end: more than 32 MiB/,
    ],
  ])('%s', async (_what, instead, says) => {
    const site = await newSite();
    const gateway = await gatewayBefore(site.emulator.url, ({ path }) => instead(path));
    const input = site.write('in.csv', numberedCsv(3));
    const env = { LIVEDESK_BASE_URL: gateway.url };
    const { code, stdout } = await site.run([input, '--concurrency', '1'], { env });
    expect([code, gateway.seen.length]).toEqual([3, 1]);
    expect(stdout).toMatch(says);
    expect(site.kept().summary).toMatchObject({ pending: 3, stopped: { code: 'ERR_NOT_LIVEDESK' } });
  });
});

it('a contact of several MiB, which rows of less have made, is a contact', async () => {
  const site = await newSite();
  for (const name of ['a', 'b', 'c']) {
    site.write(
      `${name}.yaml`,
      `version: 1\ncontact_id: id\nfields: { custom_attributes.${name}: ${name} }\n`,
    );
    const input = site.write(`${name}.csv`, `id,${name}\n2,${name.repeat(900_000)}\n5,short\n`);
    const { code, stdout } = await site.run([input, '-m', `${name}.yaml`]);
    expect([name, code, stdout]).toEqual([name, 0, expect.stringMatching(/updated\s+2/)]);
  }
});

it('a page of contacts that is nested without end ends a pull with 3', async () => {
  const site = await newSite();
  const page = `{"meta":{"count":1,"current_page":1},"payload":[{"id":1,"custom_attributes":{"z":${DEEP}}}]}`;
  const gateway = await gatewayBefore(site.emulator.url, () => ({ status: 200, body: page }));
  const { ended } = startCli(['pull', '--state', 'st'], {
    cwd: site.dir,
    env: { LIVEDESK_BASE_URL: gateway.url },
  });
  expect((await ended).code).toBe(3);
});

it('a byte order mark before the JSON is read over', async () => {
  const site = await newSite();
  const gateway = await gatewayBefore(site.emulator.url, ({ path }) => ({
    status: 200,
    body: `\uFEFF${contact(idIn(path))}`,
  }));
  const input = site.write('in.csv', numberedCsv(2));
  expect((await site.run([input], { env: { LIVEDESK_BASE_URL: gateway.url } })).code).toBe(0);
  expect(statusesOf(site)).toMatchObject({ updated: 2 });
});

it('101 ends the run within seconds, and its lock is free', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n'),
    );
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const site = await newSite();
  const input = site.write('in.csv', numberedCsv(2));
  const env = { LIVEDESK_BASE_URL: `http://127.0.0.1:${port}` };
  const began = performance.now();
  const { code, stdout } = await site.run([input, '--timeout', '1s', '--outage-budget', '2s'], { env });
  expect(code).toBe(3);
  expect(stdout).toMatch(/another protocol \(101\)/);
  expect(performance.now() - began).toBeLessThan(15_000);
  expect((await site.run(['--resume', 'runs/latest'], { env })).code).toBe(3); // not 4: no lock is left
});
