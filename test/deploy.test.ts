import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CronFileParser } from 'cron-parser';
import { Deployment } from 'kubernetes-models/apps/v1';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { ConfigMap, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { Tally } from '../src/journal/tally.ts';
import { parseMapping } from '../src/mapping/parse/parse.ts';
import { openMetricsFile } from '../src/telemetry/metrics-file.ts';
import { startCli } from './helpers/cli-process.ts';
import { emulatorHere } from './helpers/emulator-here.ts';
import { readJobs } from './helpers/job-file.ts';
import { leaveOut } from './helpers/leave-out.ts';
import { tempDir } from './helpers/temp-dir.ts';
import { numberedCsv } from './helpers/write-input.ts';

const DEPLOY = fileURLToPath(new URL('../scripts/deploy', import.meta.url));
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');

/** Options that the program does not know end it as a mistake of usage; inputs that are not here come later. */
async function expectKnownOptions(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stderr } = await startCli(args, { cwd: tempDir(), env }).ended;
  expect(stderr).not.toContain('ERR_USAGE');
  expect(code).toBe(2);
}

/** Whether a tool that checks is there. */
function toolOf(name: string, ...args: readonly string[]): boolean {
  const isThere = spawnSync(name, args).status === 0;
  if (!isThere) leaveOut(`what ${name} checks, since it is not installed`);
  return isThere;
}

describe('crontab', () => {
  const { crontab } = (() => {
    const { expressions } = CronFileParser.parseFileSync(join(DEPLOY, 'crontab')) as {
      expressions: readonly { toString(): string }[];
    };
    return { crontab: { expressions, text: read('crontab') } };
  })();
  const written = /^0 2 \* \* \* (.*)$/m.exec(crontab.text)?.[1] ?? '';
  // what cron hands to the shell
  const command = written.replaceAll('\\%', '%');

  test('one job, at two every night', () => {
    expect(crontab.expressions.map(String)).toEqual(['0 2 * * *']);
    // cron takes a percent sign for the end of the command
    expect(written).not.toMatch(/(?<!\\)%/);
  });

  /** Runs the command as cron does: by a shell, with little in its environment. */
  async function asCron(csv: string, idColumn = 'contact_id') {
    const dir = tempDir();
    const bin = tempDir();
    symlinkSync(MAIN, join(bin, 'livedesk-sync'));
    writeFileSync(join(dir, 'export.csv'), csv);
    writeFileSync(
      join(dir, 'mapping.yaml'),
      `version: 1\ncontact_id: '${idColumn}'\nfields: { custom_attributes.n: custom_attributes.n }\n`,
    );
    const emulator = await emulatorHere({ contacts: 10 });
    writeFileSync(join(dir, 'api-key'), 'demo-key\n');
    writeFileSync(join(dir, 'api-secret'), 'demo-secret\n');
    writeFileSync(
      join(dir, 'livedesk-sync.yaml'),
      read('livedesk-sync.yaml')
        .replaceAll('/etc/livedesk-sync/', '')
        .replace('  main:\n', `  main:\n    base_url: ${emulator.url}\n`),
    );
    const { spawn } = await import('node:child_process');
    const child = spawn('/bin/sh', ['-c', command.replace('cd /srv/crm', `cd '${dir}'`)], {
      env: {
        PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    await new Promise((resolve) => child.on('close', resolve));
    return output;
  }

  test('a good night prints nothing, so that nobody gets mail', async () => {
    expect(await asCron(numberedCsv(3))).toBe('');
  });

  test('a bad night prints the exit code, the summary and the log', async () => {
    const output = await asCron(`${numberedCsv(3)}one,1\n`);
    expect(output).toMatch(/^livedesk-sync ended with exit code 1\n/);
    expect(output).toContain('ERR_CONTACT_ID');
    expect(output).toContain('0 of 1 job of livedesk-sync.yaml ended well; exit code 1');
    expect(output).toMatch(/ nightly-crm +main +1 +4 +1 +0 /);
    expect(output).toMatch(/nightly-crm: next: .*livedesk-sync run --retry \S+-nightly-crm-\w{4}/);
  });

  test('what a bad night prints comes as it was said, backslashes and all', async () => {
    const output = await asCron('crm\\new\\contact,custom_attributes.n\none,1\n', 'crm\\new\\contact');
    expect(output).toContain(String.raw`"column":"crm\\new\\contact"`);
    expect(output).toContain('0 of 1 job of livedesk-sync.yaml ended well; exit code 1');
  });
});

describe('systemd', () => {
  const hasAnalyze = toolOf('systemd-analyze', '--version');
  test.skipIf(!hasAnalyze)('service and timer pass systemd-analyze verify', () => {
    const dir = tempDir();
    const program = join(dir, 'livedesk-sync');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    for (const unit of ['livedesk-sync.service', 'livedesk-sync.timer']) {
      writeFileSync(
        join(dir, unit),
        read(`systemd/${unit}`).replace('/usr/local/bin/livedesk-sync', program),
      );
    }
    const units = ['livedesk-sync.service', 'livedesk-sync.timer'].map((unit) => join(dir, unit));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', ...units], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    execFileSync('systemd-analyze', [
      'calendar',
      /OnCalendar=(.*)/.exec(read('systemd/livedesk-sync.timer'))?.[1] ?? '',
    ]);
  });

  test('the service gives options that there are', async () => {
    const line = /^ExecStart=\S+ (.*)$/m.exec(read('systemd/livedesk-sync.service'))?.[1] ?? '';
    await expectKnownOptions(line.split(' '));
  });

  test('its jobs can be read, and find their credentials where the service puts them', () => {
    const service = read('systemd/livedesk-sync.service');
    const { jobs } = readJobs(read('systemd/livedesk-sync.yaml'));
    expect(jobs.length).toBeGreaterThan(0);
    for (const { apiKeyFile, apiSecretFile } of jobs) {
      for (const file of [apiKeyFile, apiSecretFile]) {
        const [, name] = /^\/run\/credentials\/livedesk-sync\.service\/(.+)$/.exec(file) ?? [];
        expect(service).toContain(`LoadCredential=${name}:`);
      }
    }
    // the program passes a signal on, so that one from systemd itself would be the second
    expect(service).toContain('KillMode=mixed\n');
  });
});

describe('node exporter', () => {
  const hasExporter = toolOf('prometheus-node-exporter', '--version');
  test.skipIf(!hasExporter)(
    'reads the metrics of three jobs, and of two runs of none, without a collision',
    async () => {
      const dir = tempDir();
      const write = (name: string, job: string): void =>
        openMetricsFile(join(dir, name), { account: 'a', job }).write({ ...METRICS, job });
      for (const job of ['crm', 'shop', 'b2b', 'one', 'two']) write(`${job}.prom`, job);
      const exporter = await exporterOf(dir);
      const text = await exporter.scrape();
      expect(text.match(/^livedesk_sync_exit_code\{.*$/gm)).toHaveLength(5);
      expect(text).toContain('node_textfile_scrape_error 0\n');
      expect(exporter.log()).not.toContain('level=error');
      // samples that stand in two files are what it complains of
      write('copy.prom', 'crm');
      await exporter.scrape();
      await vi.waitFor(() => expect(exporter.log()).toContain('was collected before'));
    },
  );

  const METRICS = {
    account: 'a',
    toolVersion: '0.0.0',
    startedAt: 0,
    ended: { at: 1, exitCode: 0 },
    statuses: new Tally().statuses,
    pending: 0,
    requests: 1,
    retries: 0,
    throttled: 0,
    rate: { allowed: 10, achieved: 1 },
    latencyMs: { p50: 1, p95: 1, p99: 1, max: 1 },
  };

  /** Starts an exporter of the folder. */
  async function exporterOf(dir: string) {
    const port = await freePort();
    const { spawn } = await import('node:child_process');
    const address = `127.0.0.1:${port}`;
    const child = spawn('prometheus-node-exporter', [
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${dir}`,
      `--web.listen-address=${address}`,
    ]);
    onTestFinished(() => void child.kill());
    let logged = '';
    child.stderr.on('data', (chunk) => (logged += chunk));
    const scrape = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();
    for (;;) {
      try {
        await scrape();
        return { scrape, log: () => logged };
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  function freePort(): Promise<number> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      });
    });
  }
});

describe('compose', () => {
  const compose = parse(read('compose.yaml'));

  const hasCompose = toolOf('docker-compose', 'version');
  test.skipIf(!hasCompose)('docker-compose takes it', () => {
    const config = (text: string) =>
      spawnSync('docker-compose', ['-f', '-', 'config', '--quiet'], {
        input: text,
        cwd: DEPLOY,
        encoding: 'utf8',
      });
    expect(config(read('compose.yaml'))).toMatchObject({ status: 0, stderr: '' });
    expect(config(read('compose.yaml').replace('depends_on', 'depend_on')).status).not.toBe(0);
  });

  test('its commands do what they say, one against the other', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'in'));
    for (const file of ['contacts.csv', 'mapping.yaml']) {
      const sample = join(DEPLOY, compose.services.sync.volumes[0].split(':')[0], file);
      writeFileSync(join(dir, 'in', file), readFileSync(sample));
    }
    const emulator = await emulatorHere({ contacts: Number(compose.services.emulator.command.at(-1)) });
    const env = { ...compose.services.sync.environment, LIVEDESK_BASE_URL: emulator.url };
    const { code, stdout } = await startCli(compose.services.sync.command, { cwd: dir, env }).ended;
    expect([code, stdout]).toEqual([1, expect.stringContaining('Sync finished with 2 bad rows')]);
  });
});

describe('kubernetes', () => {
  const KINDS = { ConfigMap, CronJob, Deployment, Job, PersistentVolumeClaim, Service };
  type Kind = keyof typeof KINDS;
  interface Manifest {
    readonly kind: Kind;
    readonly [key: string]: unknown;
  }
  const manifests = (file: string): Manifest[] =>
    parseAllDocuments(read(`kubernetes/${file}`)).map((document) => document.toJS());
  const validate = (manifest: Manifest): void => {
    const Model = KINDS[manifest.kind] as new (data: never) => { validate(): void };
    new Model(manifest as never).validate();
  };

  test.each(['nightly.yaml', 'migration.yaml'])('%s fits the schemas of its kinds', (file) => {
    for (const manifest of manifests(file)) validate(manifest);
  });

  test('a misspelt field does not', () => {
    const [claim] = manifests('nightly.yaml').filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(() => validate({ ...(claim as Manifest), spec: { accessModes: 'ReadWriteOnce' } })).toThrow();
  });

  test('jobs and mapping of the nightly job can be loaded, and are where it looks for them', () => {
    const [map] = manifests('nightly.yaml').filter(({ kind }) => kind === 'ConfigMap');
    const { data } = map as Manifest & { data: Record<string, string> };
    expect(parseMapping(data['mapping.yaml'] ?? '', 'mapping.yaml').version).toBe(1);
    const { jobs } = readJobs(data['livedesk-sync.yaml'] ?? '', '/etc/livedesk-sync');
    const [{ args, volumeMounts } = { args: [], volumeMounts: [] }] = podOf('nightly.yaml').containers;
    const job = jobs.find(({ name }) => args.includes(`--job=${name}`));
    expect(job?.options['mapping']).toBe('/etc/livedesk-sync/mapping.yaml');
    expect(args).toContain('--config=/etc/livedesk-sync/livedesk-sync.yaml');
    const mounts = volumeMounts.map(({ mountPath }) => mountPath);
    for (const file of [job?.apiKeyFile, job?.apiSecretFile, job?.inputs[0]]) {
      expect(mounts.some((path) => file?.startsWith(`${path}/`))).toBe(true);
    }
  });

  interface PodSpec {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly volumeMounts: readonly { readonly mountPath: string }[];
    }[];
  }
  const podOf = (file: string): PodSpec => {
    const [job] = manifests(file).filter(({ kind }) => kind === 'Job' || kind === 'CronJob');
    const { spec } = job as unknown as { spec: { template?: { spec: PodSpec }; jobTemplate?: never } };
    const template = spec.template ?? (spec.jobTemplate as unknown as { spec: typeof spec }).spec.template;
    if (!template) throw new Error(`${file} has no job`);
    return template.spec;
  };

  test.each(['nightly.yaml', 'migration.yaml'])(
    '%s gives options that there are, and time to drain',
    async (file) => {
      const { containers, terminationGracePeriodSeconds } = podOf(file);
      expect(terminationGracePeriodSeconds).toBeGreaterThan(8);
      await expectKnownOptions(containers[0]?.args ?? [], { JOB_COMPLETION_INDEX: '2' });
    },
  );
});
