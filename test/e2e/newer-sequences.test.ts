import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { HereOptions } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { type Night, type Nights, nights } from '../helpers/nights.ts';

const HEADER = 'id,name,phone\n';
/** The second one cannot be read by the mapping, and is corrected to the third. */
const MONDAY = ['1,Monday,', '2,Monday,x1', '2,Monday,+4930901801'] as const;
const TUESDAY = ['1,Tuesday,', '2,Tuesday,x2', '2,Tuesday,+4930901802'] as const;
const NEWEST = { name: 'Tuesday', phone_number: '+4930901802' };

describe.each([
  ['with a state', true],
  ['without a state', false],
])('%s', (_what, hasState) => {
  it('a night that was killed goes on after a newer one: field by field, the newer one stays', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}1,Monday,\n2,Monday,\n3,Monday,\n4,Monday,\n`);
    cutJournal(site, 1, 1); // the other rows were sent, and no line says so
    await site.run(`${HEADER}2,Tuesday,\n3,,+4930901803\n`);
    const { code } = await site.runWith(['--resume', dirOf(site, 1)]);
    expect([code, outcomes(site, 1)[1]]).toEqual([0, '2 superseded']);
    expect(outcomes(site, 1)).toHaveLength(4);
    expect(contact(site, 2)).toMatchObject({ name: 'Tuesday' });
    expect(contact(site, 3)).toEqual({ name: 'Monday', phone_number: '+4930901803' });
  });

  it('an old night is retried after one that found its contact as it is', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}${TUESDAY[2]}\n`);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    const confirmed = await site.run(`${HEADER}${TUESDAY[2]}\n`);
    if (hasState) expect(confirmed.rows).toMatchObject([{ status: 'unchanged' }]);
    correct(site, 2, 'x1', '+4930901801');
    const retried = await site.runWith(['--retry', dirOf(site, 2), '--corrected']);
    expect([retried.code, retried.sent, retried.rows[0]?.status]).toEqual([0, [], 'superseded']);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it.each([
    ['each by itself', 0],
    ['each by itself, the clock set back', -9],
  ])('corrected rejects of two nights come in the wrong order: %s', async (_how, days) => {
    const site = await begin(hasState);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    await site.run(`${HEADER}${TUESDAY[1]}\n`, [], clockOf(days));
    correct(site, 1, 'x1', '+4930901801');
    correct(site, 2, 'x2', '+4930901802');
    await site.runWith(['--retry', dirOf(site, 2), '--corrected'], clockOf(2 * days));
    const monday = await site.runWith(['--retry', dirOf(site, 1), '--corrected'], clockOf(3 * days));
    expect(monday.rows).toMatchObject([{ status: 'superseded', position: [1, 0, 1] }]);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it('in one command, the newer one first, and by names that say nothing of their order', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    await site.run(`${HEADER}${TUESDAY[1]}\n`);
    correct(site, 1, 'x1', '+4930901801');
    correct(site, 2, 'x2', '+4930901802');
    const copies = [2, 1].map((run) =>
      site.write(`${9 - run}.csv`, readFileSync(rejectsOf(site, run), 'utf8')),
    );
    const fed = await site.runWith(copies);
    expect(fed.rows.map(({ status }) => status)).toEqual(['updated', 'superseded']);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it('what was corrected badly keeps its place, however often it is corrected', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}9,Nine,\n${MONDAY[1]}\n`);
    correct(site, 1, 'x1', 'x3');
    expect((await site.runWith(['--retry', dirOf(site, 1), '--corrected'])).code).toBe(1);
    const from = (run: number) =>
      /[\d/]+@[0-9a-f-]{36}$/m.exec(readFileSync(rejectsOf(site, run), 'utf8'))?.[0];
    expect(from(2)).toBe(from(1));
    expect(from(2)).toMatch(/^1\/1\/2@/);
    await site.run(`${HEADER}${TUESDAY[2]}\n`);
    correct(site, 2, 'x3', '+4930901801');
    const again = await site.runWith(['--retry', dirOf(site, 2), '--corrected']);
    expect(again.rows).toMatchObject([{ status: 'superseded' }]);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it('corrected rejects that were stopped go on after a newer night', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}5,Monday,x5\n${MONDAY[1]}\n`);
    correct(site, 1, 'x5', '+4930901805');
    correct(site, 1, 'x1', '+4930901801');
    await site.runWith(['--retry', dirOf(site, 1), '--corrected', '--limit', '1']);
    await site.run(`${HEADER}${TUESDAY[2]}\n`);
    const rest = await site.runWith(['--resume', dirOf(site, 2), '--limit', 'all']);
    expect([rest.code, outcomes(site, 2)]).toEqual([0, ['1 updated', '2 superseded']]);
    expect(contact(site, 2)).toEqual(NEWEST);
    expect(contact(site, 5)).toEqual({ name: 'Monday', phone_number: '+4930901805' });
  });

  it('what was corrected a second time and was stopped goes on with the second correction', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}5,Monday,x5\n${MONDAY[1]}\n`);
    correct(site, 1, 'x5', '+4930901805');
    correct(site, 1, 'x1', '+4930901801');
    await site.runWith([rejectsOf(site, 1)]);
    correct(site, 1, '+4930901801', '+4930901811');
    await site.runWith([rejectsOf(site, 1), '--limit', '1']);
    const rest = await site.runWith(['--resume', dirOf(site, 3), '--limit', 'all']);
    expect([rest.code, outcomes(site, 3)[1]]).toEqual([0, '2 updated']);
    expect(contact(site, 2)).toEqual({ name: 'Monday', phone_number: '+4930901811' });
  });

  it('what a killed night may have sent stays, until that night has gone on', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    await site.run(`${HEADER}${TUESDAY[2]}\n`);
    cutJournal(site, 2, 0); // it was sent, and has no outcome
    correct(site, 1, 'x1', '+4930901801');
    const retried = await site.runWith(['--retry', dirOf(site, 1), '--corrected']);
    expect([retried.code, retried.sent, retried.rows[0]?.status]).toEqual([0, [], 'superseded']);
    expect(contact(site, 2)).toEqual(NEWEST);
    expect((await site.runWith(['--resume', dirOf(site, 2)])).code).toBe(0);
    expect(outcomes(site, 2)).toEqual([hasState ? '1 unchanged' : '1 updated']);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it('what a newer night was about to send when it was stopped does not hold older data back', async () => {
    const site = await begin(hasState);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    const stopped = await site.run(`${HEADER}1,Tuesday,\n${TUESDAY[2]}\n`, ['--rate', '1'], afterOne(site));
    expect([stopped.code, outcomes(site, 2)]).toEqual([143, ['1 updated']]);
    correct(site, 1, 'x1', '+4930901801');
    const retried = await site.runWith(['--retry', dirOf(site, 1), '--corrected']);
    expect([retried.code, retried.rows[0]?.status]).toEqual([0, 'updated']);
  });

  it('a canary, then the whole file, then the rest of the canary: nothing is sent that need not be', async () => {
    const site = await begin(hasState);
    const csv = `${HEADER}1,One,\n2,Two,\n3,Three,\n`;
    await site.run(csv, ['--limit', '1']);
    await site.run(csv);
    const rest = await site.runWith(['--resume', dirOf(site, 1), '--limit', 'all']);
    expect([rest.code, rest.sent]).toEqual([0, []]);
    expect(outcomes(site, 1)).toEqual(['1 updated', '2 superseded', '3 superseded']);
  });
});

it('a row behind one that a signal left pending is left pending, too, though it has nothing to send', async () => {
  const site = await begin(true);
  await site.run(`${HEADER}1,Old,\n`);
  site.emulator.set({ latencyMs: [50, 50] });
  let timer: NodeJS.Timeout | undefined;
  const stopped = await site.run(`${HEADER}9,Nine,\n1,New,\n1,Old,\n`, ['--concurrency', '1'], {
    onSignal(listener) {
      timer = setInterval(() => site.emulator.requests.length > 0 && listener('SIGTERM'), 1);
      return () => clearInterval(timer);
    },
  });
  expect([stopped.code, outcomes(site, 2)]).toEqual([143, ['1 updated']]);
  expect((await site.runWith(['--resume', dirOf(site, 2)])).code).toBe(0);
  expect(outcomes(site, 2)).toEqual(['1 updated', '2 updated', '3 updated']);
  expect(contact(site, 1)).toMatchObject({ name: 'Old' });
});

it('a row that a signal left pending before it was sent is not in doubt: what its contact has is not sent again', async () => {
  const site = await begin(true);
  const monday = `${HEADER}1,Monday,\n2,Monday,\n`;
  await site.run(monday);
  // the second row waits for a second, marked as in doubt
  const stopped = await site.run(`${HEADER}1,Tuesday,\n2,Tuesday,\n`, ['--rate', '1'], afterOne(site));
  expect([stopped.code, outcomes(site, 2)]).toEqual([143, ['1 updated']]);
  const again = await site.run(monday);
  expect(again.sent).toMatchObject([{ contactId: 1 }]);
  expect(outcomes(site, 3)).toEqual(['1 updated', '2 unchanged']);
});

it('two shards, all rows, three shards: the newest night wins, and a retry of the first leaves it', async () => {
  const site = await begin(true);
  const csv = (night: string, phone = '') =>
    HEADER + Array.from({ length: 12 }, (_, i) => `${i + 1},${night},${i === 1 ? phone : ''}\n`).join('');
  const night = async (text: string, shards: number): Promise<void> => {
    const file = site.write(`${shards}.csv`, text);
    for (let shard = 1; shard <= shards; shard++) {
      const share = shards === 1 ? [] : ['--shard', `${shard}/${shards}`];
      expect((await site.runWith([file, ...share])).code).toBeLessThan(2);
    }
  };
  await night(csv('Two', 'x1'), 2);
  await night(csv('All'), 1);
  await night(csv('Three'), 3);
  const names = () => new Set(Array.from({ length: 12 }, (_, i) => contact(site, i + 1).name));
  expect(names()).toEqual(new Set(['Three']));
  const bad = [1, 2].find((run) => readdirSync(dirOf(site, run)).includes('rejects.csv')) ?? 0;
  correct(site, bad, 'x1', '+4930901801');
  const retried = await site.runWith(['--retry', dirOf(site, bad), '--corrected']);
  // no later night had a phone number
  expect(retried.rows).toMatchObject([{ status: 'updated', fields: ['phone_number'] }]);
  expect(names()).toEqual(new Set(['Three']));
  // and the nights after it are as they would be
  await night(csv('Two'), 2);
  expect(names()).toEqual(new Set(['Two']));
});

describe('the state between two nights', () => {
  const later = async (harm: (state: string) => void): Promise<Nights> => {
    const site = await begin(true);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    await site.run(`${HEADER}${TUESDAY[2]}\n`);
    harm(join(site.dir, 'state'));
    await site.run(`${HEADER}7,Wednesday,\n`);
    correct(site, 1, 'x1', '+4930901801');
    return site;
  };

  it('is moved aside: numbers go on, and older data is still known as such', async () => {
    const site = await later((state) => {
      for (const name of readdirSync(state)) {
        if (/^[0-9a-f]{16}$/.test(name))
          writeFileSync(join(state, name, 'data.mdb'), Buffer.alloc(40_960, 7));
      }
    });
    expect(readdirSync(join(site.dir, 'state')).some((name) => name.endsWith('.unreadable'))).toBe(true);
    const retried = await site.runWith(['--retry', dirOf(site, 1), '--corrected']);
    expect(retried.rows).toMatchObject([{ status: 'superseded' }]);
    expect(contact(site, 2)).toEqual(NEWEST);
  });

  it('is lost: what another state counted cannot be compared, so older data is refused', async () => {
    const site = await later((state) => rmSync(state, { recursive: true }));
    const refused = await site.runWith(['--retry', dirOf(site, 1), '--corrected']);
    expect([refused.code, refused.stderr.includes('ERR_NEWER_RUN')]).toEqual([2, true]);
    expect(contact(site, 2)).toEqual(NEWEST);
  });
});

describe('a run of 0.1', () => {
  const killed = async (): Promise<Nights> => {
    const site = await begin(true);
    await site.run(`${HEADER}1,Monday,\n2,Monday,\n3,Monday,x\n`);
    makeOld(site, 1);
    cutJournal(site, 1, 1);
    return site;
  };

  it('goes on to its end where nothing came after it', async () => {
    const site = await killed();
    expect((await site.runWith(['--resume', dirOf(site, 1)])).code).toBe(1);
    expect(outcomes(site, 1)).toHaveLength(3);
    // its rejects are data of today, since it has no number
    correct(site, 1, ',x,', ',+4930901803,');
    expect((await site.runWith(['--retry', dirOf(site, 1), '--corrected'])).code).toBe(0);
    expect(contact(site, 3)).toEqual({ name: 'Monday', phone_number: '+4930901803' });
  });

  it.each(['--resume', '--retry'])(
    '%s is refused after a newer night, and done when it is wanted',
    async (how) => {
      const site = await killed();
      if (how === '--retry') await site.runWith(['--resume', dirOf(site, 1)]);
      await site.run(`${HEADER}2,Tuesday,\n3,Tuesday,\n`);
      const refused = await site.runWith([how, dirOf(site, 1)]);
      expect([refused.code, refused.stderr.includes('ERR_NEWER_RUN')]).toEqual([2, true]);
      expect(contact(site, 2)).toMatchObject({ name: 'Tuesday' });
      expect((await site.runWith([how, dirOf(site, 1), '--older-data'])).code).toBeLessThan(2);
    },
  );
});

describe('a row that says where it is from', () => {
  const RUN = '6f1a3c52-0000-4000-8000-000000000001';
  const withRun = (cell: string): string => `id,name,phone,_run\n1,Name,,\n2,Name,,${cell}\n`;

  it.each(['1/1/1', `1/1/0@${RUN}`, 'x', `1/1/9999999999999999@${RUN}`])(
    'in no way that a run wrote: %s',
    async (cell) => {
      const site = await begin(true);
      const refused = await site.run(withRun(cell));
      expect([refused.code, refused.requests]).toEqual([2, 0]);
      expect(refused.stderr).toMatch(/night-1\.csv, line 3: _run is not .*ERR_REJECT_ORIGIN/s);
    },
  );

  it('of a run that is not here: as today in a new place, and refused where the account was used', async () => {
    const site = await begin(true);
    expect((await site.run(withRun(`1/1/1@${RUN}`))).code).toBe(0);
    const refused = await site.run(withRun(`1/1/1@${RUN}`));
    expect([refused.code, refused.stderr.includes('ERR_NEWER_RUN')]).toEqual([2, true]);
  });

  it.each([
    ['with a state', true],
    ['without a state', false],
  ])(
    'of another API key of the account: refused once a run with the present one has sent something, %s',
    async (_what, hasState) => {
      const site = await nights(MAPPING, {}, hasState);
      await site.runWith([site.write('monday.csv', `${HEADER}${MONDAY[1]}\n`)]);
      correct(site, 1, 'x1', '+4930901801');
      await site.emulator.close();
      const rotated = await emulatorHere({
        contacts: 100,
        apiKey: 'rotated',
        port: Number(new URL(site.emulator.url).port),
      });
      const here = { env: { LIVEDESK_API_KEY: 'rotated', LIVEDESK_API_SECRET: 'demo-secret' } };
      await site.runWith([site.write('tuesday.csv', `${HEADER}${TUESDAY[2]}\n`)], here);
      const refused = await site.runWith([rejectsOf(site, 1)], here);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/another API key made.*--older-data.*ERR_NEWER_RUN/s);
      expect(rotated.contact(2)).toMatchObject(NEWEST);
      expect((await site.runWith([rejectsOf(site, 1), '--older-data'], here)).code).toBe(0);
      expect(rotated.contact(2)).toMatchObject({ phone_number: '+4930901801' });
    },
  );

  it('with a forged row far beyond the input: no memory is taken for it', async () => {
    const site = await begin(true);
    await site.run(`${HEADER}${MONDAY[1]}\n`);
    correct(site, 1, 'x1', '+4930901801');
    const text = readFileSync(rejectsOf(site, 1), 'utf8');
    writeFileSync(rejectsOf(site, 1), text.replace(/\b1\/1\/1@/, '1/999999/999999999999999@'));
    const before = process.memoryUsage.rss();
    expect((await site.runWith(['--retry', dirOf(site, 1), '--corrected'])).code).toBe(0);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });
});

// --- internal ---

const MAPPING = 'contact_id: id\nfields: { name: name, phone_number: { column: phone, type: phone } }\n';

/** As {@link nights}, with an input of its own for every run. */
async function begin(hasState: boolean): Promise<Nights> {
  const site = await nights(MAPPING, {}, hasState);
  let inputs = 0;
  return {
    ...site,
    run(csv, args = [], here): Promise<Night> {
      inputs += 1;
      return site.runWith([site.write(`night-${inputs}.csv`, csv), ...args], here);
    },
  };
}

/** A signal once the account was sent a request. */
function afterOne(site: Nights): HereOptions {
  return {
    onSignal(listener) {
      const timer = setInterval(() => site.emulator.requests.length > 0 && listener('SIGTERM'), 1);
      return () => clearInterval(timer);
    },
  };
}

function dirOf(site: Nights, run: number): string {
  return join(site.dir, `run-${run}`);
}

function rejectsOf(site: Nights, run: number): string {
  return join(dirOf(site, run), 'rejects.csv');
}

function correct(site: Nights, run: number, from: string, to: string): void {
  const text = readFileSync(rejectsOf(site, run), 'utf8');
  expect(text).toContain(from);
  writeFileSync(rejectsOf(site, run), text.replace(from, to));
}

function contact(site: Nights, id: number) {
  const { name, phone_number } = site.emulator.contact(id) ?? {};
  return { name, phone_number };
}

function journalOf(site: Nights, run: number): string {
  return join(dirOf(site, run), 'results.jsonl');
}

/** The outcomes of a run in the order of its rows. */
function outcomes(site: Nights, run: number): string[] {
  return readFileSync(journalOf(site, run), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"type":"row"'))
    .map((line) => JSON.parse(line) as { row: number; status: string })
    .sort((a, b) => a.row - b.row)
    .map(({ row, status }) => `${row} ${status}`);
}

/** Leaves the journal as a kill does: what tells of some rows, and no end. */
function cutJournal(site: Nights, run: number, rows: number): void {
  const lines = readFileSync(journalOf(site, run), 'utf8').split('\n');
  const isKept = (line: string): boolean => {
    const { type, row } = JSON.parse(line || '{}') as { type?: string; row?: number };
    return (
      type === 'run' || type === 'fields' || type === 'sending' || (type === 'row' && (row ?? 0) <= rows)
    );
  };
  writeFileSync(journalOf(site, run), `${lines.filter(isKept).join('\n')}\n`);
}

/** The run directory as 0.1 wrote it: no number, no remembered options, no sets of fields. */
function makeOld(site: Nights, run: number): void {
  const lines = readFileSync(journalOf(site, run), 'utf8').trimEnd().split('\n');
  const old = lines.flatMap((text) => {
    const {
      set: _set,
      given: _given,
      state: _state,
      number: _number,
      state_id: _id,
      ...line
    } = JSON.parse(text);
    if (line.type === 'fields' || line.type === 'sending') return [];
    return [JSON.stringify(line.type === 'run' ? { ...line, version: 1 } : line)];
  });
  writeFileSync(journalOf(site, run), `${old.join('\n')}\n`);
}

function clockOf(days: number): HereOptions {
  return { clock: { ...systemClock, now: () => Date.now() + days * 86_400_000 } };
}
