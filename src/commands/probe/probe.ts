import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ProbeFiles, probeFiles } from '../../account/account-files.ts';
import type { Finding } from '../../account/finding.ts';
import { joinFindings, loadFindings, saveFindings } from '../../account/findings-file.ts';
import { accountBehind } from '../../account/rotated-keys.ts';
import { createRequester, openClient } from '../../client/client.ts';
import type { Answer } from '../../client/http/reply.ts';
import { openAccountSession } from '../../coordination/account-session.ts';
import { LIVEDESK_URL } from '../../core/base-url.ts';
import { accountOf, type Credentials, requireCredentials } from '../../core/credentials.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { Logger } from '../../core/logger.ts';
import type { RunContext } from '../../core/run-context.ts';
import { shownPath } from '../../core/shell-text.ts';
import { printJson, printText } from '../../core/shown-text.ts';
import { Shutdown, SIGNAL_EXIT } from '../../core/shutdown.ts';
import { DEFAULT_STATE } from '../../journal/run-directory.ts';
import { Meter } from '../../telemetry/meter.ts';
import { openCommandContext } from '../command-context.ts';
import { isLimitHeader, judgeLimitHeaders } from './conclude-reads.ts';
import {
  deleteContact,
  loadContact,
  notRestored,
  restoreCommand,
  type SavedContact,
  saveContact,
} from './contact-backup.ts';
import { CUT, createTalk, type Talk } from './probe-client.ts';
import type { ProbeOptions } from './probe-options.ts';
import { contactText, type ProbedContact, type ProbeSummary, probeText } from './probe-text.ts';
import { readerBy } from './read-contact.ts';
import { askReads } from './read-experiments.ts';
import { type Restored, restore } from './restore-contact.ts';
import { askWrites } from './write-experiments.ts';

/** Learns what the API leaves undocumented, on one contact, and puts it back. Gives the exit code. */
export async function probeAccount(options: ProbeOptions, host: Host): Promise<number> {
  let saved: string | undefined;
  using context = await openCommandContext(options, host, {
    draining: 'what was written is put back first',
    left: () =>
      saved !== undefined && existsSync(saved)
        ? `the contact may not be as it was; put it back with: ${restoreCommand(shownPath(saved))}`
        : 'nothing was written to the contact',
  });
  const { log } = context;
  const credentials = requireCredentials(host.env);
  const baseUrl = options.baseUrl ?? LIVEDESK_URL;
  // beside the state of the runs of this folder, if there is one
  const state = options.state ?? (existsSync(DEFAULT_STATE) ? DEFAULT_STATE : undefined);
  const fingerprint = accountOf(baseUrl, credentials.apiKey);
  const account = accountBehind(fingerprint, state === undefined ? [] : [resolve(state)]);
  const files = probeFiles(account, state, host.env);
  saved = files.savedContact;
  await using _session = await openAccountSession(
    {
      account,
      dir: files.dir,
      roots: [files.dir],
      isReadOnly: false,
      waitLockMs: options.waitLockMs,
      workers: undefined,
      pid: host.pid,
      uid: host.uid,
    },
    context,
  );
  const work = { options, baseUrl, credentials, account, files, host, log, meter: new Meter(), writes: 0 };
  return options.restore === undefined
    ? await learn(work, context)
    : await putBackFrom(work, resolve(options.restore));
}

// --- internal ---

interface Work {
  readonly options: ProbeOptions;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly account: string;
  readonly files: ProbeFiles;
  readonly host: Host;
  readonly log: Logger;
  readonly meter: Meter;
  /** Requests that were to change something. */
  writes: number;
}

async function learn(work: Work, context: RunContext): Promise<number> {
  const { options, account, baseUrl, files, host, meter } = work;
  const { clock, stop } = context;
  if (existsSync(files.savedContact)) throw leftBehind(files.savedContact);
  const began = clock.monotonic();
  const startedAt = new Date(clock.now()).toISOString();
  const fresh: Finding[] = [];
  const seen = new Map<string, string>();
  const trial: Trial = { saved: undefined, restored: undefined };
  let problem: RunError | undefined;
  try {
    await withTalk(work, context, options.readOnly, async (talk, answers) => {
      answers.onHeaders = (headers) => {
        for (const [name, value] of Object.entries(headers)) {
          if (isLimitHeader(name)) seen.set(name, /^\d{1,15}$/.test(String(value)) ? String(value) : '');
        }
      };
      await askAll(work, talk, answers, trial, (finding) => fresh.push(finding));
    });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    problem = error === CUT ? problemOf(stop) : error;
  } finally {
    if (trial.saved && !trial.restored) trial.restored = await putBackAfterAll(work, trial.saved);
  }
  if (meter.requests > 0) fresh.push(judgeLimitHeaders(seen, meter.throttled));
  if (typeof trial.restored === 'string')
    problem = notRestored(shownPath(files.savedContact), trial.restored);
  else if (trial.saved) forget(files.savedContact, work.log);
  if (problem?.exitCode === EXIT.usage) throw problem;

  const findings = joinFindings(loadFindings(files.findings, account), fresh, startedAt);
  try {
    saveFindings(files.findings, { version: 1, account, base_url: baseUrl, probed_at: startedAt, findings });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    problem ??= error;
  }
  const summary: ProbeSummary = {
    account,
    base_url: baseUrl,
    read_only: options.readOnly,
    duration_s: Math.round(clock.monotonic() - began) / 1000,
    requests: meter.requests,
    writes: work.writes,
    findings,
    findings_file: shownPath(files.findings),
    contact: probedContact(trial, files),
    stopped: problem ? { code: problem.code, message: problem.message } : null,
    exit_code: problem?.exitCode ?? EXIT.ok,
  };
  if (options.json) printJson(host.stdout, summary);
  else printText(host.stdout, probeText(summary, startedAt, host.stdout.columns ?? 110));
  return summary.exit_code;
}

/** The contact while it is in the hands of the probe. */
interface Trial {
  /** Set from just before the first write on. */
  saved: SavedContact | undefined;
  /** How it was put back last; a text says why it could not be. */
  restored: Restored | string | undefined;
}

async function askAll(
  work: Work,
  talk: Talk,
  answers: Answers,
  trial: Trial,
  onFinding: (finding: Finding) => void,
): Promise<void> {
  const { options, account, baseUrl, files, host } = work;
  const { contactId = 0, readOnly: isReadOnly } = options;
  const lastAnswer = (): Answer | undefined => answers.last;
  const { contact, readBy, patchAnswer } = await askReads({
    talk,
    contactId,
    isReadOnly,
    lastAnswer,
    onFinding,
  });
  if (isReadOnly || !contact) {
    const why = isReadOnly
      ? 'it takes a write, which --read-only leaves out'
      : 'the contact could not be read';
    for (const question of ['additional_attributes', 'null_attribute', 'destroy_attribute'] as const) {
      onFinding({ question, value: null, found: 'not learnt', how: why, means: 'nothing changes' });
    }
    return;
  }
  const read = readerBy(readBy, talk, contactId, contact);
  await askWrites({
    talk,
    contactId,
    contact,
    read,
    patchAnswer,
    testKey: options.testKey,
    onBeforeWrites(leftOut) {
      const saved: SavedContact = {
        version: 1,
        account,
        base_url: baseUrl,
        saved_at: new Date(host.clock.now()).toISOString(),
        contact_id: contactId,
        contact,
        read_by: readBy,
        left_out: leftOut ?? null,
        test_key: options.testKey ?? null,
      };
      saveContact(files.savedContact, saved);
      trial.saved = saved;
    },
    async putBack() {
      if (trial.saved) trial.restored = await restore(trial.saved, talk, read);
    },
    onWrite() {
      trial.restored = undefined;
    },
    onFinding,
  });
}

/** Puts the contact back with a client of its own: a signal or a failure may have closed the first one. */
async function putBackAfterAll(work: Work, saved: SavedContact): Promise<Restored | string> {
  const stop = new Shutdown();
  try {
    return await withTalk(work, { clock: work.host.clock, log: work.log, stop }, false, (talk) =>
      restore(saved, talk, readerBy(saved.read_by, talk, saved.contact_id, saved.contact)),
    );
  } catch (error) {
    if (error === CUT) return problemOf(stop).message;
    throw error;
  }
}

/** `--restore`. */
async function putBackFrom(work: Work, file: string): Promise<number> {
  const { host, account, files } = work;
  const saved = loadContact(file, account);
  const restored = await putBackAfterAll(work, saved);
  if (typeof restored === 'string') throw notRestored(shownPath(file), restored);
  forget(file, work.log);
  const contact = probedContact({ saved, restored }, files);
  if (work.options.json) printJson(host.stdout, { account, contact, exit_code: EXIT.ok });
  else printText(host.stdout, `Contact: ${contactText(contact)}\nDeleted: ${shownPath(file)}\n`);
  return EXIT.ok;
}

/** The saved contact is of no use any more, and holds personal data. */
function forget(file: string, log: Logger): void {
  if (!deleteContact(file)) {
    log.warn(
      { file: shownPath(file) },
      'the saved contact could not be deleted: do so, it holds personal data',
    );
  }
}

/** What is told of answers as they come. */
interface Answers {
  last: Answer | undefined;
  onHeaders: (headers: Answer['headers']) => void;
}

async function withTalk<T>(
  work: Work,
  context: RunContext,
  isReadOnly: boolean,
  use: (talk: Talk, answers: Answers) => Promise<T>,
): Promise<T> {
  const { options, baseUrl, credentials, meter } = work;
  const answers: Answers = { last: undefined, onHeaders: () => {} };
  const client = await openClient(
    {
      baseUrl,
      credentials,
      rate: options.rate,
      concurrency: 1,
      timeoutMs: options.timeoutMs,
      outageBudgetMs: options.outageBudgetMs,
      isReadOnly,
      meter,
      onAnswer(_request, answer) {
        answers.last = answer;
        answers.onHeaders(answer.headers);
      },
    },
    context,
  );
  const talk = createTalk(createRequester({ client, maxAttempts: options.maxAttempts, stop: context.stop }));
  try {
    return await use(talk, answers);
  } finally {
    work.writes += talk.writes;
    client.close();
  }
}

function probedContact({ saved, restored }: Trial, files: ProbeFiles): ProbedContact {
  if (!saved) return { state: 'untouched', stays: [], others: [], saved: null };
  if (!restored || typeof restored === 'string') {
    return { state: 'unknown', stays: [], others: [], saved: shownPath(files.savedContact) };
  }
  const { stays, others } = restored;
  return { state: stays.length > 0 ? 'differs' : 'equal', stays, others, saved: null };
}

/** Why the probe was cut. */
function problemOf({ reason }: Shutdown): RunError {
  if (reason?.kind === 'signal') {
    return new RunError(reason.signal, 'a signal ended it', { exitCode: SIGNAL_EXIT[reason.signal] });
  }
  const error =
    reason?.error ??
    new RunError('ERR_PROBE_CUT', 'the API did not settle a request', { exitCode: EXIT.stopped });
  const isOfCredentials = error.code === 'ERR_UNAUTHORIZED' || error.code === 'ERR_FORBIDDEN';
  return isOfCredentials ? new RunError(error.code, error.message) : error;
}

function leftBehind(file: string): RunError {
  return new RunError(
    'ERR_NOT_RESTORED',
    `an earlier probe was cut off and its contact is not put back yet. Put it back first: ${restoreCommand(shownPath(file))}`,
  );
}
