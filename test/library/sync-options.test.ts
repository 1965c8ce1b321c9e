import { describe, expect, expectTypeOf, it } from 'vitest';
import { run } from '../../src/commands/run/command.ts';
import type {
  FieldDocument,
  InputRow,
  MappedRow,
  MappingDocument,
  MatchKeyDocument,
  PoliciesDocument,
  SyncOptions,
} from '../../src/index.ts';
import { RunError, sync } from '../../src/index.ts';
import { inLibraryWords } from '../../src/library/library-words.ts';
import { readSyncOptions } from '../../src/library/read-sync-options.ts';
import type { GivenOptions } from '../../src/library/sync-options.ts';
import type { OptionAt, OptionWord } from '../../src/mapping/options.ts';
import type { DOCUMENT_WORDS, SOURCE_WORDS } from '../../src/mapping/vocabulary.ts';

const BASE: GivenOptions = { input: 'a.csv', credentials: { apiKey: 'k', apiSecret: 's' } };
const read = (options: object) => readSyncOptions({ ...BASE, ...options } as GivenOptions).run;

/** Options of the command that a program has no use for. */
type TerminalOnly = 'json' | 'progress' | 'show' | 'logFormat' | 'job' | 'allJobs' | 'config' | 'parallel';
/** Options of the library alone. */
type LibraryOnly = 'input' | 'rows' | 'credentials' | 'signal' | 'onLog' | 'redisUrl' | 'notifyUrl';

describe('options of the library', () => {
  it('are those of the command, in camelCase', () => {
    const shared: Record<Exclude<keyof SyncOptions, LibraryOnly> | TerminalOnly, true> = {
      mapping: true,
      acceptBadRows: true,
      acceptDrift: true,
      until: true,
      logLevel: true,
      format: true,
      encoding: true,
      delimiter: true,
      quote: true,
      skipRows: true,
      skipFooter: true,
      minRows: true,
      limit: true,
      shard: true,
      spool: true,
      resume: true,
      retry: true,
      corrected: true,
      continue: true,
      olderData: true,
      sameAccount: true,
      waitLock: true,
      baseUrl: true,
      rate: true,
      maxRate: true,
      searchRate: true,
      concurrency: true,
      maxAttempts: true,
      timeout: true,
      dryRun: true,
      state: true,
      full: true,
      readFirst: true,
      undoable: true,
      maxChanges: true,
      pullEvery: true,
      maxErrors: true,
      outageBudget: true,
      drainTimeout: true,
      stopAfter: true,
      runDir: true,
      keep: true,
      keepPersonal: true,
      metricsFile: true,
      notifyFormat: true,
      json: true,
      progress: true,
      show: true,
      logFormat: true,
      job: true,
      allJobs: true,
      config: true,
      parallel: true,
    };
    const names = Object.keys(run.options).map((name) =>
      name.replace(/-(.)/g, (_, c: string) => c.toUpperCase()),
    );
    expect(Object.keys(shared).sort()).toEqual(names.sort());
  });

  it('have the defaults of the command', () => {
    expect(read({})).toMatchObject({
      rate: 10,
      concurrency: 10,
      maxAttempts: 6,
      timeoutMs: 30_000,
      maxErrors: { kind: 'percent', percent: 50 },
      outageBudgetMs: 900_000,
      drainTimeoutMs: 8_000,
      waitLockMs: 0,
      searchRate: 1,
      dryRun: false,
    });
  });

  it.each<[given: object, meant: object]>([
    [{ timeout: 1_500 }, { timeoutMs: 1_500 }],
    [{ timeout: '2m' }, { timeoutMs: 120_000 }],
    [{ rate: Number.POSITIVE_INFINITY }, { rate: Number.POSITIVE_INFINITY, concurrency: 50 }],
    [
      { rate: 'auto', maxRate: 50 },
      { rate: 'auto', maxRate: 50 },
    ],
    [{ limit: Number.POSITIVE_INFINITY }, { limit: Number.POSITIVE_INFINITY }],
    [
      { maxErrors: 3, maxChanges: '5%' },
      { maxErrors: { kind: 'rows', rows: 3 }, maxChanges: { kind: 'percent', percent: 5 } },
    ],
    [{ keep: '30d' }, { keep: { kind: 'days', days: 30 } }],
    [{ shard: '1/4' }, { shard: { index: 1, of: 4 } }],
    [{ dryRun: undefined, state: undefined }, { dryRun: false }],
    [{ mapping: { version: 1 } }, { mapping: { document: '{\n  "version": 1\n}' } }],
  ])('%o is %o', (given, meant) => {
    expect(read(given)).toMatchObject(meant);
  });

  it.each<[given: object, message: RegExp]>([
    [{ timeout: '30 seconds' }, /^timeout takes a duration/],
    [{ timeout: 0 }, /^timeout must be longer than nothing/],
    [{ maxAttempts: 1.5 }, /^maxAttempts takes a whole number/],
    [{ dryRun: 'false' }, /^dryRun takes true or false, not string/],
    [{ rate: Number.NaN }, /^rate takes requests per second/],
    [{ maxRate: 5 }, /^maxRate goes with rate auto/],
    [{ format: 'xml' }, /^format takes csv or jsonl, not "xml"/],
    [{ baseUrl: 'http://example.com' }, /^baseUrl must begin with https:/],
    [{ runDir: '' }, /^runDir needs a value/],
    [{ runDir: ['a'] }, /^runDir takes a text or a number, not object/],
    [{ maxError: 1 }, /^there is no option maxError\. Did you mean "maxErrors"\?/],
    [{ json: true }, /^there is no option json/],
    [{ continue: true, resume: 'x' }, /^resume, retry and continue exclude each other/],
    [{ input: [] }, /^which input\?/],
    [{ input: '-' }, /^input names files/],
    [{ rows: [] }, /^input and rows exclude/],
    [{ input: undefined, rows: {} }, /^rows takes an iterable/],
    [{ input: undefined, rows: [], retry: 'x' }, /^resume and retry read/],
    [{ credentials: undefined }, /^credentials: \{ apiKey, apiSecret \} are missing/],
    [{ credentials: { apiKey: 'a:b', apiSecret: 's' } }, /^credentials\.apiKey must not contain a colon/],
    [
      { mapping: { version: 1, contact_id: 'id', fields: { name: { type: 'strin' } } } },
      /^mapping\.fields\.name/,
    ],
    [{ redisUrl: 'http://redis.example' }, /^redisUrl must/],
    [{ notifyUrl: 'hooks' }, /^notifyUrl must be a URL/],
    [{ mapping: { version: 1, contact_id: 'id' } }, /^mapping: "fields" is missing/],
  ])('%o is refused in their words', async (given, message) => {
    const { summary } = sync({ ...BASE, input: 'package.json', ...given } as SyncOptions);
    const error = await summary.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunError);
    expect((error as RunError).message).toMatch(message);
  });

  it('are named as in code, but in commands to type', () => {
    const text = 'Wait with --wait-lock 1h. Or: livedesk-sync run a.csv --resume runs/x';
    expect(inLibraryWords(new RunError('ERR_LOCKED', text)).message).toBe(
      'Wait with waitLock 1h. Or: livedesk-sync run a.csv --resume runs/x',
    );
  });

  it('have a mapping that is typed word by word as the language is', () => {
    expectTypeOf<keyof MappingDocument>().toEqualTypeOf<keyof typeof DOCUMENT_WORDS>();
    expectTypeOf<keyof PoliciesDocument>().toEqualTypeOf<OptionAt<'defaults'>>();
    expectTypeOf<keyof MatchKeyDocument>().toEqualTypeOf<'column' | 'template' | OptionAt<'match'>>();
    expectTypeOf<keyof FieldDocument>().toEqualTypeOf<keyof typeof SOURCE_WORDS | OptionWord>();
  });

  it('are typed by the rows', () => {
    const withRows = <Row extends object>(_options: SyncOptions<Row>): void => {};
    withRows({
      rows: [{ id: 1, since: new Date(0) }],
      mapping(row): MappedRow {
        expectTypeOf(row).toEqualTypeOf<{ readonly id: number; readonly since: string }>();
        return { skip: true };
      },
    });
    sync({
      input: 'a.csv',
      mapping(row): MappedRow {
        expectTypeOf(row).toEqualTypeOf<InputRow>();
        return { skip: true };
      },
    });
  });
});
