// @ts-check
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';

/**
 * One run of the program in this process, which can die: from then on nothing that it does reaches disk, network or lock.
 * @typedef {object} Life
 * @property {boolean} isDead
 * @property {() => void} die
 * @property {import('./plan.mjs').End | undefined} end
 * @property {Record<'journal' | 'request' | 'state', number>} counts
 * @property {((signal: 'SIGTERM') => void) | undefined} onSignal
 * @property {{ readonly n: number, readonly act: () => void } | undefined} during
 * @property {boolean} isFull The disk takes no more bytes.
 * @property {Set<number>} journals Its open files that are a journal or rejects.
 * @property {Set<import('node:net').Server>} servers
 * @property {Set<import('node:http').ClientRequest>} requests
 * @property {Set<{ close(): Promise<void> }>} storages
 */

/** @typedef {{ readonly code: number | undefined, readonly isCut: boolean, readonly wasEnded: boolean, readonly stdout: string, readonly stderr: string }} Ended `code` is undefined after a kill. */

/** @type {AsyncLocalStorage<Life>} */
const lives = new AsyncLocalStorage();
const NEVER = new Promise(() => {});

/**
 * Loads the program so that its runs can be ended at any of their acts.
 * @param {string} checkout where it was built
 */
export async function loadProgram(checkout) {
  watchFiles();
  watchNetwork();
  const { LmdbStorage } = await import(join(checkout, 'build/state/storage/lmdb-storage.js'));
  watchStorage(LmdbStorage);
  const { cli } = await import(join(checkout, 'build/cli/cli.js'));
  const { systemClock } = await import(join(checkout, 'build/core/clock.js'));

  /**
   * @param {readonly string[]} args
   * @param {{ env: Record<string, string>, clockMs: number, end?: Life['end'], during?: Life['during'] }} how
   * @returns {Promise<Ended>}
   */
  return async (args, { env, clockMs, end, during }) => {
    const stdout = collector();
    const stderr = collector();
    /** @type {() => void} */
    let died = () => {};
    const death = new Promise((resolve) => {
      died = () => resolve(undefined);
    });
    /** @type {Life} */
    const life = {
      isDead: false,
      die() {
        life.isDead = true;
        died();
      },
      end,
      counts: { journal: 0, request: 0, state: 0 },
      onSignal: undefined,
      during,
      isFull: false,
      journals: new Set(),
      servers: new Set(),
      requests: new Set(),
      storages: new Set(),
    };
    let hasSignal = false;
    const host = {
      pid: process.pid,
      runtime: 'Node v20.19.0, linux x64',
      env,
      stdin: new PassThrough().end(),
      stdout,
      stderr,
      clock: {
        ...systemClock,
        now: () => Date.now() + clockMs,
        /** @param {number} ms @param {AbortSignal} [signal] */
        async sleep(ms, signal) {
          await systemClock.sleep(ms, signal);
          if (life.isDead) await NEVER;
        },
      },
      /** @param {(signal: 'SIGTERM') => void} listener */
      onSignal(listener) {
        life.onSignal = (signal) => {
          hasSignal = true;
          listener(signal);
        };
        return () => {
          life.onSignal = undefined;
        };
      },
    };
    const code = await Promise.race([lives.run(life, () => cli(args, host)), death]);
    if (life.isDead) await bury(life);
    return {
      code: life.isDead ? undefined : code,
      isCut: life.isDead || life.isFull,
      wasEnded: life.isDead || life.isFull || hasSignal,
      stdout: stdout.text(),
      stderr: stderr.text(),
    };
  };
}

// --- internal ---

/** What the system takes back of a process that was killed. @param {Life} life */
async function bury(life) {
  for (const request of life.requests) request.on('error', () => {}).destroy();
  await Promise.all([...life.storages].map((storage) => storage.close()));
  await Promise.all([...life.servers].map((server) => new Promise((resolve) => server.close(resolve))));
  for (const file of life.journals) {
    owners.delete(file);
    fs.closeSync(file);
  }
}

/**
 * Counts an act, and ends the life where the plan says so. Whether the act is still done, and whether in part.
 * @param {Life} life @param {'journal' | 'request' | 'state'} at
 * @returns {'done' | 'torn' | 'not-done'}
 */
function act(life, at) {
  if (life.isDead) return 'not-done';
  life.counts[at] += 1;
  if (at === 'request' && life.counts.request === life.during?.n) lives.exit(life.during.act);
  const { end } = life;
  if (end?.at !== at || life.counts[at] !== end.n) return 'done';
  if (end.kind === 'term') life.onSignal?.('SIGTERM');
  if (end.kind === 'full') life.isFull = true;
  if (end.kind !== 'kill') return 'done';
  if (end.how === 'before') life.die();
  return end.how === 'before' ? 'not-done' : end.how === 'torn' ? 'torn' : 'done';
}

/** Whether the act that was just counted is the last one of its life. @param {Life} life @param {'journal' | 'request' | 'state'} at */
function isLast({ end, counts }, at) {
  return end?.kind === 'kill' && end.at === at && end.n === counts[at];
}

let isWatching = false;
/** Lives by the files that they have open. @type {Map<number, Life>} */
const owners = new Map();

function watchFiles() {
  if (isWatching) return;
  isWatching = true;
  const all = /** @type {any} */ (fs);
  const { openSync, closeSync, writeSync } = fs;
  for (const name of [
    'writeFileSync',
    'appendFileSync',
    'renameSync',
    'rmSync',
    'unlinkSync',
    'mkdirSync',
    'symlinkSync',
    'linkSync',
    'ftruncateSync',
    'copyFileSync',
    'chmodSync',
    'fsyncSync',
  ]) {
    const original = all[name];
    all[name] = (/** @type {any[]} */ ...args) => (lives.getStore()?.isDead ? undefined : original(...args));
  }
  all.openSync = (/** @type {any[]} */ ...args) => {
    const life = lives.getStore();
    if (life?.isDead) throw new Error('killed');
    const file = /** @type {any} */ (openSync)(...args);
    if (life && /results\.jsonl$|rejects[^/]*$/.test(String(args[0]))) {
      owners.set(file, life);
      life.journals.add(file);
    }
    return file;
  };
  all.closeSync = (/** @type {number} */ file) => {
    // a dead one's file may be another's by now
    if (lives.getStore()?.isDead) return;
    const life = owners.get(file);
    life?.journals.delete(file);
    owners.delete(file);
    closeSync(file);
  };
  all.writeSync = (/** @type {number} */ file, /** @type {any} */ data, /** @type {any[]} */ ...rest) => {
    const life = lives.getStore() ?? owners.get(file);
    if (!life) return /** @type {any} */ (writeSync)(file, data, ...rest);
    const isJournal = life.journals.has(file);
    const how = life.isDead ? 'not-done' : isJournal ? act(life, 'journal') : 'done';
    if (life.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    if (how === 'not-done') return data.length;
    const part =
      how === 'torn' && typeof data !== 'string' ? data.subarray(0, Math.ceil(data.length / 2)) : data;
    const written = /** @type {any} */ (writeSync)(file, part, ...rest);
    if (isJournal && isLast(life, 'journal')) life.die();
    return life.isDead ? data.length : written;
  };
  syncBuiltinESMExports();
}

function watchNetwork() {
  const anyHttp = /** @type {any} */ (http);
  const anyNet = /** @type {any} */ (net);
  const { request } = anyHttp;
  const { createServer } = anyNet;
  anyHttp.request = (/** @type {any[]} */ ...args) => {
    const life = lives.getStore();
    if (!life) return request(...args);
    if (act(life, 'request') === 'not-done') throw new Error('killed');
    const sent = request(...args);
    life.requests.add(sent);
    sent.on('close', () => life.requests.delete(sent));
    // the API has it, and the answer never comes
    if (isLast(life, 'request')) sent.prependOnceListener('response', () => life.die());
    return sent;
  };
  anyNet.createServer = (/** @type {any[]} */ ...args) => {
    const server = createServer(...args);
    lives.getStore()?.servers.add(server);
    return server;
  };
  syncBuiltinESMExports();
}

/** @param {any} LmdbStorage */
function watchStorage(LmdbStorage) {
  const { open } = LmdbStorage;
  const { commit, close, contact, contacts, holders, meta } = LmdbStorage.prototype;
  LmdbStorage.open = async (/** @type {any[]} */ ...args) => {
    const storage = await open.apply(LmdbStorage, args);
    lives.getStore()?.storages.add({ close: () => close.call(storage) });
    return storage;
  };
  LmdbStorage.prototype.commit = async function (/** @type {any} */ batch) {
    const life = lives.getStore();
    if (!life) return commit.call(this, batch);
    if (act(life, 'state') === 'not-done') return NEVER;
    await commit.call(this, batch);
    if (isLast(life, 'state')) life.die();
    return life.isDead ? NEVER : undefined;
  };
  LmdbStorage.prototype.close = async function () {
    const life = lives.getStore();
    if (life?.isDead) return NEVER;
    await close.call(this);
    life?.storages.clear();
    return undefined;
  };
  for (const [name, read] of Object.entries({ contact, contacts, holders, meta })) {
    LmdbStorage.prototype[name] = function (/** @type {any[]} */ ...args) {
      if (lives.getStore()?.isDead) throw new Error('killed');
      return read.apply(this, args);
    };
  }
}

function collector() {
  /** @type {string[]} */
  const chunks = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text: () => chunks.join('') });
}
