import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { probeFiles } from '../../../src/account/account-files.ts';
import type { Question } from '../../../src/account/finding.ts';
import { QUESTIONS } from '../../../src/account/finding.ts';
import type { ProbeSummary } from '../../../src/commands/probe/probe-text.ts';
import { accountOf } from '../../../src/core/credentials.ts';
import type { Host } from '../../../src/core/host.ts';
import type { JsonObject, JsonValue } from '../../../src/core/types.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import { cliHere } from '../../helpers/cli-here.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** A contact with everything that a probe asks about; every text of it can be recognised. */
export const OFFERED = {
  id: 4711,
  name: 'Planted Name',
  email: 'planted.mail@example.com',
  phone_number: '+15550004711',
  identifier: 'planted-identifier',
  additional_attributes: {
    company_name: 'Planted Company',
    city: 'Planted City',
    telegram: '',
    source_id: 'email:planted@mail.example.com',
    social_profiles: { github: 'planted-hub', twitter: '' },
  },
  custom_attributes: { plan: 'planted-plan', score: 7 },
} as const;

export interface Site {
  readonly emulator: Emulator;
  /** Of the state, given by `XDG_STATE_HOME`. */
  readonly home: string;
  readonly files: ReturnType<typeof probeFiles>;
  /** The offered contact as it is now. */
  contact(): JsonObject | undefined;
  /** Runs `probe` in this process, without a rate. */
  probe(...args: readonly string[]): Promise<Probed>;
}

export interface Probed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--json`. */
  readonly summary: ProbeSummary;
  /** What was found, by question. */
  readonly values: Readonly<Record<Question, JsonValue>>;
}

/** An account with the offered contact and 120 others, in this process. */
export async function site(options: EmulatorOptions = {}, onSignal?: Host['onSignal']): Promise<Site> {
  const emulator = await startEmulator({
    limit: null,
    contacts: 120,
    contactList: [{ ...OFFERED }],
    ...options,
  });
  onTestFinished(() => emulator.close());
  const home = tempDir();
  const env = { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret', XDG_STATE_HOME: home };
  return {
    emulator,
    home,
    files: probeFiles(accountOf(emulator.url, 'demo-key'), undefined, env),
    contact: () => emulator.contact(OFFERED.id),
    async probe(...args) {
      const ended = await cliHere(
        ['probe', '--base-url', emulator.url, '--rate', 'unlimited', '--timeout', '5s', ...args],
        { env, ...(onSignal ? { onSignal } : {}) },
      );
      const summary: ProbeSummary = args.includes('--json') ? JSON.parse(ended.stdout || '{}') : {};
      return { ...ended, summary, values: valuesOf(summary) };
    },
  };
}

/** Whatever stands in a file, or nothing. */
export function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Every text of the offered contact. */
export function plantedTexts(value: JsonValue = OFFERED as unknown as JsonObject): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(plantedTexts) : [];
}

export const stateOf = (home: string): string => join(home, 'livedesk-contact-sync');

// --- internal ---

function valuesOf({ findings = [] }: Partial<ProbeSummary>): Probed['values'] {
  const entries = QUESTIONS.map((question) => [
    question,
    findings.find((one) => one.question === question)?.value ?? null,
  ]);
  return Object.fromEntries(entries);
}
