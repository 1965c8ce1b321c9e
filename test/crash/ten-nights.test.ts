import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Rows of the export; the figures of the manual come from 20,000. */
const ROWS = Number(process.env['ROWS'] ?? 3_000);

interface Notice {
  readonly event: string;
  readonly severity: string;
  readonly text: string;
  readonly bad_rows?: { readonly all: number; readonly new: number };
}

const MAPPING = `version: 1
match: { email: Email }
guard: { columns: same, rows: -50%, fill: -10% }
fields:
  phone_number: { column: Phone, type: phone }
  custom_attributes.plan: Plan
  custom_attributes.city: City
`;

/** How an export differs from the one before it. */
interface Export {
  /** Rows of another plan, by a number that is new each time. */
  readonly changed?: number;
  readonly round?: number;
  /** Rows whose phone is none. */
  readonly bad?: number;
  readonly header?: string;
  readonly isCityEmpty?: boolean;
}

/** A cron job from night to night: the same command over an export that somebody else writes. */
async function cronJob() {
  const account = { contacts: 2 * ROWS, limit: null, searchLimit: null };
  let emulator = await emulatorHere(account);
  const hook = await scriptedServer();
  const dir = tempDir();
  const path = (name: string) => join(dir, name);
  writeFileSync(path('mapping.yaml'), MAPPING);
  writeFileSync(
    path('livedesk-sync.yaml'),
    `version: 1
accounts:
  emea: { api_key_file: key, api_secret_file: secret, base_url: "${emulator.url}", rate: unlimited }
jobs:
  nightly-crm:
    account: emea
    input: export.csv
    mapping: mapping.yaml
    accept_bad_rows: 0.5%
    continue: true
    search_rate: unlimited
    outage_budget: 2s
    metrics_file: crm.prom
`,
  );
  const setKey = (key: string): void => {
    writeFileSync(path('key'), `${key}\n`, { mode: 0o600 });
    writeFileSync(path('secret'), 'demo-secret\n', { mode: 0o600 });
  };
  setKey('demo-key');
  const isFound = (id: number): boolean => typeof emulator.contact(id)?.email === 'string';
  const ids = Array.from({ length: 2 * ROWS }, (_, i) => i + 1)
    .filter(isFound)
    .slice(0, ROWS);
  const emails = ids.map((id) => emulator.contact(id)?.email);
  const write = ({
    changed = 0,
    round = 0,
    bad = 0,
    header = 'Email,Phone,Plan,City',
    isCityEmpty,
  }: Export) => {
    const rows = emails.map((email, i) => {
      const phone = (i * 7_919) % ROWS < bad ? 'call the office' : `+4930${String(1_000_000 + i)}`;
      const plan = i >= ROWS - changed ? `plan ${round}` : 'basic';
      return `${email},${phone},${plan},${isCityEmpty ? '' : `City ${i % 50}`}`;
    });
    writeFileSync(path('export.csv'), `${header}\n${rows.join('\n')}\n`);
  };
  let told = 0;
  const lastSuccess = (): number => {
    const found = /^livedesk_sync_last_success_timestamp_seconds\{[^}]*\} (\S+)$/m.exec(metrics());
    return Number(found?.[1] ?? 0);
  };
  const metrics = (): string => {
    try {
      return readFileSync(path('crm.prom'), 'utf8');
    } catch {
      return '';
    }
  };
  const env = {
    LIVEDESK_API_KEY: undefined,
    LIVEDESK_API_SECRET: undefined,
    LIVEDESK_NOTIFY_URL: hook.url,
  };
  const start = (...args: string[]) => startCli(['run', '--job', 'nightly-crm', ...args], { cwd: dir, env });
  /** One night: what the cron job did, and what a person is told of it. */
  const night = async (...args: string[]) => {
    const before = lastSuccess();
    const requests = emulator.requests.length;
    const { code, stdout, stderr } = await start(...args).ended;
    const notices = hook.seen.slice(told).map(({ body }): Notice => JSON.parse(body));
    told = hook.seen.length;
    return {
      code,
      text: stdout + stderr,
      requests: emulator.requests.length - requests,
      notices: notices.map(({ event, severity }) => (event === 'failing' ? severity : event)),
      bodies: notices,
      isSuccess: lastSuccess() > before,
    };
  };
  /** The account gets another key. */
  const rotate = async (): Promise<void> => {
    const { port } = emulator;
    await emulator.close();
    emulator = await emulatorHere({ ...account, port, apiKey: 'rotated-key' });
    setKey('rotated-key');
  };
  /** What the account has for the plan of a row. */
  const planOf = (row: number) =>
    (emulator.contact(ids[row - 1] ?? 0)?.custom_attributes as JsonObject | undefined)?.['plan'];
  return { account: () => emulator, planOf, write, night, start, rotate };
}

/** The next second, since metrics count in seconds. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_001));

test('ten nights of a cron job: exit codes, notices, and what the metrics say', async () => {
  const { account, planOf, write, night, start, rotate } = await cronJob();
  const seen: string[] = [];
  const expectNight = async (
    what: string,
    { code, notices, isSuccess, text, requests }: Awaited<ReturnType<typeof night>>,
    expected: readonly [code: number | readonly number[], notices: readonly string[], isSuccess: boolean],
  ) => {
    seen.push(
      `${seen.length + 1}. ${what}: exit ${code}, ${notices.join() || 'no notice'}, last success ${isSuccess ? 'moves' : 'stays'}, ${requests} requests`,
    );
    const [codes, ...others] = expected;
    expect(codes, `${what}\n${text}`).toSatisfy((one: number | readonly number[]) =>
      [one].flat().includes(code ?? -1),
    );
    expect([what, notices, isSuccess]).toEqual([what, ...others]);
    await nextSecond();
  };

  write({ bad: 12 });
  await expectNight('first night, 12 rows bad for good', await night(), [0, [], true]);
  write({ bad: 12, changed: ROWS / 100, round: 2 });
  await expectNight('1 % changed', await night(), [0, [], true]);
  write({ bad: 15, changed: ROWS / 100, round: 2 });
  const third = await night();
  await expectNight('3 new bad rows', third, [0, ['new_bad_rows'], true]);
  expect(third.bodies[0]?.bad_rows).toEqual({ all: 15, new: 3 });

  write({ bad: 15, changed: ROWS / 100, round: 4 });
  account().set({ down: true });
  await expectNight('the API down for good', await night(), [3, ['stopped'], false]);
  account().set({ down: false });
  const fifth = await night();
  await expectNight('the API back, the same command', fifth, [0, ['recovered'], true]);
  expect(planOf(ROWS)).toBe('plan 4');

  write({ bad: 15, changed: ROWS / 100, round: 6, isCityEmpty: true });
  const sixth = await night();
  await expectNight('a column emptied', sixth, [3, ['stopped'], false]);
  expect(sixth.text).toMatch(/City.*ERR_DRIFT/s);
  expect(sixth.requests).toBe(0);
  write({ bad: 15, changed: ROWS / 100, round: 7, header: 'Email,Phone,Plna,City' });
  const seventh = await night();
  await expectNight('a misspelt header', seventh, [[2, 3], ['could_not_begin'], false]);
  expect(seventh.text).toContain('Plan');

  write({ bad: 15, changed: ROWS / 100, round: 8 });
  await rotate();
  await expectNight('good again, the key rotated', await night('--same-account'), [0, ['recovered'], true]);
  expect(planOf(ROWS)).toBe('plan 8');

  write({ bad: 200, changed: ROWS / 100, round: 8 });
  await expectNight('200 rows bad of a sudden', await night(), [1, ['bad_rows'], false]);

  write({ bad: 15, changed: ROWS / 2, round: 10 });
  const before = account().journal.length;
  const killed = start();
  while (account().journal.length < before + ROWS / 8) await new Promise((resolve) => setTimeout(resolve, 5));
  killed.child.kill('SIGKILL');
  await killed.ended;
  await expectNight('killed at half, cron starts again', await night(), [0, ['recovered'], true]);
  for (const id of [ROWS / 2 + 1, ROWS - 1, ROWS]) expect(planOf(id)).toBe('plan 10');
  if (process.env['ROWS']) process.stdout.write(`${seen.join('\n')}\n`);
}, 600_000);
