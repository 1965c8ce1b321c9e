import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RowOutcome, RunError, sync } from '../../src/index.ts';
import type { RowLine } from '../../src/journal/journal-lines.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { DEMO, finish, syncHere } from '../helpers/sync-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Contacts 1 to `count`, each with a name. */
function* contacts(count: number, onGiven: (row: number) => void = () => {}) {
  for (let id = 1; id <= count; id += 1) {
    onGiven(id);
    yield { contact_id: id, name: `Contact ${id}` };
  }
}

describe('a run of the library', () => {
  it('gives each outcome of the journal, and the summary of the run directory', async () => {
    const emulator = await emulatorHere({ contacts: 100 });
    const runDir = join(tempDir(), 'run');
    const input = fixture('readme/contacts.csv');
    const { outcomes, summary } = await finish(
      syncHere(emulator, { input, mapping: fixture('readme/mapping.yaml'), runDir }),
    );
    expect(outcomes.map(({ row, status }) => `${row} ${status}`)).toEqual([
      '1 updated',
      '2 updated',
      '3 updated',
      '4 invalid',
      '5 invalid',
    ]);
    expect(summary).toEqual(JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')));
    const lines = readFileSync(join(runDir, 'results.jsonl'), 'utf8').trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as RowLine).filter(({ type }) => type === 'row');
    const first = rows.find(({ row }) => row === 1);
    expect(outcomes[0]).toEqual({
      input: 0,
      row: 1,
      line: 2,
      status: 'updated',
      contactId: 1,
      httpStatus: 200,
      attempts: 1,
      durationMs: first?.duration_ms,
      fields: first?.fields,
      at: first?.at,
    });
    expect(outcomes[3]).toMatchObject({ contactId: 4, error: { code: 'ERR_EMAIL', column: 'E-mail' } });
  });

  it('does nothing before it is asked for', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    let given = 0;
    const run = syncHere(emulator, { rows: contacts(3, () => (given += 1)) });
    await delay(50);
    expect([given, emulator.requests.length]).toEqual([0, 0]);
    expect((await run.summary).statuses.updated).toBe(3);
  });

  it('goes on to its end where only the summary is asked for', async () => {
    const emulator = await emulatorHere({ contacts: 1_500 });
    const run = syncHere(emulator, { rows: contacts(1_500), concurrency: 50 });
    expect((await run.summary).statuses.updated).toBe(1_500);
    expect(() => run[Symbol.asyncIterator]()).toThrow(/without anybody who iterated/);
  });

  it('may be asked for its summary first and iterated beside it, once', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const run = syncHere(emulator, { rows: contacts(3) });
    const { summary } = run;
    const { outcomes } = await finish(run);
    expect(outcomes).toHaveLength(3);
    expect(await summary).toBe(await run.summary);
    expect(() => run[Symbol.asyncIterator]()).toThrow(/iterated once/);
  });

  it('answers those who ask for several outcomes at once', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const outcomes = syncHere(emulator, { rows: contacts(3) })[Symbol.asyncIterator]();
    const asked = await Promise.all([1, 2, 3, 4].map(() => outcomes.next()));
    expect(asked.map(({ done }) => done)).toEqual([false, false, false, true]);
  });

  it('reads no further than who iterates has come, and a little more', async () => {
    const emulator = await emulatorHere({ contacts: 20_000 });
    let given = 0;
    const run = syncHere(emulator, {
      rows: contacts(20_000, (row) => (given = row)),
      dryRun: true,
      concurrency: 10,
    });
    const outcomes = run[Symbol.asyncIterator]();
    await outcomes.next();
    await vi.waitFor(() => expect(given).toBeGreaterThan(900));
    await delay(200);
    const ahead = given;
    expect(ahead).toBeLessThan(4_000);
    let taken = 1;
    while (!(await outcomes.next()).done) taken += 1;
    expect([taken, given]).toEqual([20_000, 20_000]);
  });
});

describe('stopping', () => {
  it('an abort ends the run: rows in flight are finished, the rest can be gone on with', async () => {
    const emulator = await emulatorHere({ contacts: 200, latencyMs: [20, 20] });
    const dir = tempDir();
    const input = join(dir, 'contacts.jsonl');
    writeFileSync(input, [...contacts(200)].map((row) => JSON.stringify(row)).join('\n'));
    const controller = new AbortController();
    const run = syncHere(emulator, {
      input,
      signal: controller.signal,
      concurrency: 5,
      runDir: join(dir, 'run'),
    });
    const seen: RowOutcome[] = [];
    for await (const outcome of run) if (seen.push(outcome) === 10) controller.abort(new Error('enough'));
    const summary = await run.summary;
    expect(summary).toMatchObject({ exit_code: 3, stopped: { code: 'ERR_ABORTED' } });
    expect(run.stopped?.cause).toEqual(new Error('enough'));
    expect(seen).toHaveLength(summary.statuses.updated);
    expect(seen.length).toBeLessThan(100);

    const rest = await finish(syncHere(emulator, { resume: join(dir, 'run') }));
    expect(rest.summary).toMatchObject({ pending: 0, statuses: { updated: 200 } });
    expect(new Set([...seen, ...rest.outcomes].map(({ row }) => row)).size).toBe(200);
    expect(seen.length + rest.outcomes.length).toBe(200);
  });

  it('an abort before the first row rejects both', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const run = syncHere(emulator, { rows: contacts(3), signal: AbortSignal.abort() });
    await expect(run.summary).rejects.toMatchObject({ name: 'RunError', code: 'ERR_ABORTED' });
    await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(emulator.requests).toHaveLength(0);
  });

  it('an abort cuts requests that outlast the drain', async () => {
    const emulator = await emulatorHere({ contacts: 3, latencyMs: [20_000, 20_000] });
    const controller = new AbortController();
    const run = syncHere(emulator, { rows: contacts(3), signal: controller.signal, drainTimeout: '100ms' });
    const { summary } = run;
    await vi.waitFor(() => expect(emulator.requests).toHaveLength(3));
    controller.abort();
    expect(await summary).toMatchObject({ pending: 3, stopped: { code: 'ERR_ABORTED' } });
  });

  it('leaving the loop stops the run, and waits for its end', async () => {
    const emulator = await emulatorHere({ contacts: 5_000, latencyMs: [5, 5] });
    const run = syncHere(emulator, { rows: contacts(5_000), concurrency: 5 });
    for await (const { row } of run) if (row >= 20) break;
    const requests = emulator.requests.length;
    const { stopped, pending, rows_read: read, statuses } = await run.summary;
    expect(stopped?.code).toBe('ERR_ABORTED');
    expect(read).toBe(statuses.updated + pending);
    expect(read).toBeLessThan(2_000);
    await delay(30);
    expect(emulator.requests).toHaveLength(requests);
  });

  it('leaving after the end stops nothing', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const run = syncHere(emulator, { rows: contacts(3) });
    const { summary } = run;
    for await (const { row } of run) {
      await summary;
      if (row > 0) break;
    }
    expect([run.stopped, (await summary).exit_code]).toEqual([undefined, 0]);
  });

  it('leaves an iteration that waits, and its source, alone', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    let isLeft = false;
    const never = new Promise<never>(() => {});
    const rows = {
      [Symbol.asyncIterator]: () => ({
        next: () => never,
        return: async () => {
          isLeft = true;
          return never;
        },
      }),
    };
    const controller = new AbortController();
    const run = syncHere(emulator, { rows, signal: controller.signal });
    const { summary } = run;
    await delay(50);
    controller.abort();
    await expect(summary).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(isLeft).toBe(true);
  });
});

describe('mistakes', () => {
  it('reject the summary and the iteration, with a code, and nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const options = {
      credentials: DEMO,
      input: join(tempDir(), 'missing.csv'),
      runDir: join(tempDir(), 'run'),
    };
    const summaryAlone = (): Promise<unknown> => sync(options).summary;
    const iterated = (): Promise<unknown> => finish(sync(options));
    const summaryUnseen = (): Promise<unknown> => {
      const run = sync(options);
      void run.summary;
      return finish(run);
    };
    for (const begin of [summaryAlone, iterated, summaryUnseen]) {
      const error = await begin().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RunError);
      expect(error).toMatchObject({ code: 'ERR_INPUT', exitCode: 2 });
    }
    await delay(20);
    expect(unhandled).toEqual([]);
  });

  it('of two runs of an account at once, the second is refused, or waits', async () => {
    const emulator = await emulatorHere({ contacts: 3, latencyMs: [100, 100] });
    const root = tempDir();
    const first = syncHere(emulator, { rows: contacts(3), runDir: join(root, 'first') }).summary;
    await vi.waitFor(() => expect(emulator.requests.length).toBeGreaterThan(0));
    const second = { rows: contacts(3), runDir: join(root, 'second') };
    await expect(syncHere(emulator, second).summary).rejects.toMatchObject({
      code: 'ERR_LOCKED',
      message: expect.stringMatching(/first\. Wait for it with waitLock 1h\.$/),
    });
    expect((await syncHere(emulator, { ...second, waitLock: '10s' }).summary).exit_code).toBe(0);
    expect((await first).exit_code).toBe(0);
  });

  it('that come late are in the summary', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const run = syncHere(emulator, { rows: contacts(3), credentials: { ...DEMO, apiSecret: 'wrong' } });
    const { outcomes, summary } = await finish(run);
    expect(outcomes).toEqual([]);
    expect(summary.stopped?.code).toBe('ERR_UNAUTHORIZED');
    expect(run.stopped).toBeInstanceOf(RunError);
  });
});

describe('the environment', () => {
  it('is not read: no credentials, no options, no notices', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const elsewhere = await emulatorHere({ contacts: 3 });
    const told = {
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      LIVEDESK_BASE_URL: elsewhere.url,
      LIVEDESK_DRY_RUN: 'true',
      LIVEDESK_NOTIFY_URL: 'not a URL',
      LIVEDESK_STATE: '/nowhere/state',
    };
    for (const [name, value] of Object.entries(told)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { summary } = await finish(syncHere(emulator, { rows: contacts(3) }));
    expect(summary).toMatchObject({ dry_run: false, statuses: { updated: 3 } });
    expect(elsewhere.requests).toHaveLength(0);
    const bare = sync({ rows: contacts(3), runDir: join(tempDir(), 'run') });
    await expect(bare.summary).rejects.toMatchObject({ code: 'ERR_CREDENTIALS_MISSING' });
  });
});

describe('what the command takes from its environment', () => {
  it('is an option: where to post a notice', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const hooks = await scriptedServer([200]);
    const rows = [{ contact_id: 1, email: 'no address' }];
    const { summary } = await finish(syncHere(emulator, { rows, notifyUrl: hooks.url }));
    expect(hooks.seen.map(({ body }) => JSON.parse(body))).toMatchObject([
      { event: 'failing', exit_code: 1, summary: { run_id: summary.run_id } },
    ]);
  });
});

describe('the log', () => {
  it('is silent unless somebody listens, who may throw', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const entries: unknown[] = [];
    const run = syncHere(emulator, {
      rows: contacts(3),
      onLog(entry) {
        entries.push(entry);
        throw new Error('listener');
      },
    });
    expect((await run.summary).exit_code).toBe(0);
    expect(entries).toContainEqual(expect.objectContaining({ level: 'info', msg: 'run begins' }));
  });
});

describe('outcomes that are left', () => {
  it('before the first one: nothing is read, no lock is held, and the summary says so at once', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    let given = 0;
    const run = syncHere(emulator, { rows: contacts(3, () => (given += 1)) });
    const outcomes = run[Symbol.asyncIterator]();
    expect(await outcomes.return(undefined)).toEqual({ done: true, value: undefined });
    await expect(run.summary).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect([given, emulator.requests.length]).toEqual([0, 0]);
    expect((await finish(syncHere(emulator, { rows: contacts(3) }))).summary.exit_code).toBe(0);
  });

  it.each(['return', 'throw'] as const)('by %s() while more rows than wait are to come', async (how) => {
    const emulator = await emulatorHere({ contacts: 3_000 });
    const run = syncHere(emulator, { rows: contacts(3_000) });
    const outcomes = run[Symbol.asyncIterator]();
    const { summary } = run;
    if (how === 'return') await outcomes.return(undefined);
    else await expect(outcomes.throw(new Error('no'))).rejects.toThrow('no');
    await summary.catch(() => {});
    expect(run.stopped?.code).toBe('ERR_ABORTED');
    expect((await finish(syncHere(emulator, { rows: contacts(3) }))).summary.exit_code).toBe(0);
  });

  it('by return() while a next() waits for rows that never come', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    let isWaiting = false;
    async function* rows() {
      yield { contact_id: 1, name: 'a' };
      isWaiting = true;
      await new Promise(() => {});
    }
    const run = syncHere(emulator, { rows: rows() });
    const outcomes = run[Symbol.asyncIterator]();
    const waiting = outcomes.next();
    await expect.poll(() => isWaiting).toBe(true);
    await outcomes.return(undefined);
    expect(await waiting).toEqual({ done: true, value: undefined });
    await run.summary.catch(() => {});
    expect(run.stopped?.code).toBe('ERR_ABORTED');
    expect((await finish(syncHere(emulator, { rows: contacts(3) }))).summary.exit_code).toBe(0);
  });
});
