import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/account/finding.ts';
import { EMULATE_OPTIONS } from '../../../src/commands/emulate/emulate-options.ts';
import type { JsonValue } from '../../../src/core/types.ts';
import { NULL_ATTRIBUTES } from '../../../src/emulator/apply-change.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import { PATCH_ANSWERS } from '../../../src/emulator/patch-answer.ts';
import type { ThrottleMode } from '../../../src/emulator/throttle.ts';
import { OFFERED, type Probed, type Site, site } from './site.ts';

type Values = { readonly [Q in Question]?: JsonValue };

/** What a probe with a test key finds where every switch is at its default. */
const USUAL: Values = {
  additional_attributes: 'merges',
  patch_answer: 'read-back',
  null_attribute: 'stored',
  destroy_attribute: 'absent',
  show_contact: false,
  page_size: { honoured: false },
  list_order: null,
  search: 'finds',
  exact_lookup: [],
  not_found: { status: 404, shape: '{error}', taken_for: 'ERR_NOT_FOUND' },
  limit_headers: [],
  read_only_fields: null,
};

interface Case {
  readonly switches: EmulatorOptions;
  /** What is found beside the usual. */
  readonly finds?: Values;
  /** The probe ends with this code and writes nothing. */
  readonly isThrottled?: boolean;
  readonly ends?: { readonly code: number; readonly says: string };
}

const passes = (switches: EmulatorOptions, finds: Values = {}): Case => ({ switches, finds });
const ends = (switches: EmulatorOptions, code: number, says: string): Case => ({
  switches,
  ends: { code, says },
});
/** One request over the limit, the fourth: the limit is there for that one alone. */
const throttledOnce = (throttleMode: ThrottleMode, limit_headers: string[]): Case => ({
  switches: { throttleMode },
  finds: { limit_headers },
  isThrottled: true,
});
const SHOWN = { show_contact: true };
/** An account most of whose contacts were imported at once: without such contacts nothing shows in which order they stand. */
const IMPORTED = { imported: 90 };
const SORTED = { list_order: 'sorted' };
const UNCERTAIN = { list_order: 'uncertain' };

const NOTHING_PASSES = { requests: 0, windowMs: 250 };

/** Every position of every switch, by the option of `emulate` that sets it. */
const CASES: Readonly<Record<string, Case>> = {
  'additional-attributes=merge': passes({ additionalAttributes: 'merge' }),
  'additional-attributes=replace': passes(
    { additionalAttributes: 'replace' },
    { additional_attributes: 'replaces' },
  ),
  'patch-answer=stored': passes({ patchAnswer: 'stored' }),
  'patch-answer=no-custom-attributes': passes(
    { patchAnswer: 'no-custom-attributes' },
    { patch_answer: 'not a read-back' },
  ),
  'patch-answer=before': passes({ patchAnswer: 'before' }, { patch_answer: 'not a read-back' }),
  'null-attribute=stored': passes({ nullAttribute: 'stored' }),
  'null-attribute=deletes': passes({ nullAttribute: 'deletes' }, { null_attribute: 'deletes' }),
  'null-attribute=ignored': passes(
    { nullAttribute: 'ignored' },
    { null_attribute: 'ignored', patch_answer: 'stored' },
  ),
  'show-contact=false': passes({ showContact: false }),
  'show-contact=true': passes({ showContact: true }, SHOWN),
  'method-not-allowed=404': passes({ methodNotAllowed: 404 }),
  'method-not-allowed=405': passes({ methodNotAllowed: 405 }),
  'page-size=ignored': passes({ pageSize: 'ignored' }),
  'page-size=honoured': passes(
    { pageSize: 'honoured' },
    { page_size: { honoured: true, most: 121, is_bound: false } },
  ),
  'page-size-max': passes(
    { pageSize: 'honoured', pageSizeMax: 50 },
    { page_size: { honoured: true, most: 50, is_bound: true } },
  ),
  'search=substring': passes({ search: 'substring' }),
  'search=ignored': passes({ search: 'ignored' }, { search: 'ignored' }),
  'search-scope=resolved': passes({ searchScope: 'resolved' }),
  'search-scope=all': passes({ searchScope: 'all' }),
  'search-scope=leads': passes({ searchScope: 'leads' }),
  'search-company=true': passes({ searchCompany: true }),
  'search-company=false': passes({ searchCompany: false }),
  'search-count=total': passes({ searchCount: 'total' }),
  'search-count=page': passes({ searchCount: 'page' }),
  'ties=per-page': passes({ ties: 'per-page', ...IMPORTED }, SORTED),
  'ties=stable': passes({ ties: 'stable', ...IMPORTED }, SORTED),
  'sort-keys=several': passes({ sortKeys: 'several', ...IMPORTED }, SORTED),
  'sort-keys=first': passes({ sortKeys: 'first', ...IMPORTED }, UNCERTAIN),
  'sort-keys=ignored': passes({ sortKeys: 'ignored', ...IMPORTED }, UNCERTAIN),
  'sort-keys=refused': passes({ sortKeys: 'refused', ...IMPORTED }, UNCERTAIN),
  'synced-columns=on': passes({ syncedColumns: 'on' }),
  'synced-columns=off': passes({ syncedColumns: 'off' }),
  'filter-contacts=false': passes({ filterContacts: false }),
  'filter-contacts=true': passes(
    { filterContacts: true },
    { exact_lookup: ['identifier', 'email', 'phone_number'] },
  ),
  'destroy-attributes=false': passes({ destroyAttributes: false }),
  'destroy-attributes=true': passes({ destroyAttributes: true }, { destroy_attribute: 'deletes' }),
  'not-found=error': passes({ notFound: 'error' }),
  'not-found=code': passes(
    { notFound: 'code' },
    { not_found: { status: 400, shape: '{code, message}', taken_for: 'ERR_NOT_FOUND' } },
  ),
  'limit-headers=false': passes({ limitHeaders: false }),
  'limit-headers=true': passes(
    { limitHeaders: true, limit: { requests: 5000, windowMs: 60_000 } },
    { limit_headers: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'] },
  ),
  'throttle-mode=text': throttledOnce('text', []),
  'throttle-mode=retry-after': throttledOnce('retry-after', ['retry-after']),
  'throttle-mode=json': throttledOnce('json', [
    'x-rate-limit-limit',
    'x-rate-limit-remaining',
    'x-rate-limit-reset',
  ]),
  'throttle-mode=bad-request': throttledOnce('bad-request', []),
  'throttle-mode=ok': throttledOnce('ok', []),
  'throttle-mode=unavailable': throttledOnce('unavailable', ['retry-after']),
  'impostor=login-page': ends({ impostor: 'login-page' }, 3, 'ERR_NOT_LIVEDESK'),
  'impostor=redirect': ends({ impostor: 'redirect' }, 3, 'ERR_NOT_LIVEDESK'),
  'impostor=spa': ends({ impostor: 'spa' }, 3, 'ERR_NOT_LIVEDESK'),
  'down=false': passes({ down: false }),
  'down=true': ends({ down: true }, 3, 'ERR_OUTAGE'),
  'shared-phones': ends(
    { contactList: [{ ...OFFERED }, { id: 9, phone_number: OFFERED.phone_number }] },
    2,
    'ERR_STORED_RECORD',
  ),
  'contact-fault': passes({
    contactFaults: { [OFFERED.id]: ['500', 'reset-after', '504-after', 'garbage'] },
  }),
  fault: passes({ faults: { '500': 0.1, 'reset-after': 0.1 }, seed: 3 }),
  latency: passes({ latencyMs: [5, 20] }),
  'write-delay': passes({ writeDelayMs: 10 }),
  imported: passes(IMPORTED, SORTED),
  limit: passes({ limit: { requests: 100, windowMs: 1000 } }),
  'id-prefix-cast=false': passes({ idPrefixCast: false }),
};

/** What is not asked, and why. */
const EXCUSED: Readonly<Record<string, string>> = {
  'auth-body':
    'a wrong key may lock the account; a refusal that is met anyway ends the probe with exit code 2',
  'phone-pattern': 'only a phone number that is wrong would tell, and the contact must not be given one',
  'id-prefix-cast=true': 'ids that are not digits are never sent',
  'search-limit': 'a throttle is never provoked; one search is sent',
  inbox: 'nothing is made: a contact that was could not be taken away',
  'create-attributes': 'nothing is made: a contact that was could not be taken away',
  'null-attributes-of': 'what is in the account',
  port: 'where it listens',
  'api-key': 'credentials',
  'api-secret': 'credentials',
  contacts: 'what is in the account',
  'first-id': 'what is in the account',
  seed: 'what is in the account',
  quiet: 'what the emulator prints',
};

/** Every position that an option can have; an option with any value has one, its name. */
const POSITIONS = Object.entries(EMULATE_OPTIONS).flatMap(([name, option]) => {
  if ('choices' in option) return option.choices.map((choice) => `${name}=${choice}`);
  return 'type' in option && option.type === 'boolean' ? [`${name}=false`, `${name}=true`] : [name];
});

test('every position of every switch is tried, or excused by name', () => {
  const isExcused = (position: string) => position in EXCUSED || (position.split('=')[0] ?? '') in EXCUSED;
  expect(POSITIONS.filter((position) => !(position in CASES) && !isExcused(position))).toEqual([]);
  expect(Object.keys(CASES).filter((position) => !POSITIONS.includes(position))).toEqual([]);
});

describe('finds what is set, and the contact is as it was', () => {
  test.each(Object.entries(CASES))('%s', async (_position, { switches, finds, isThrottled, ends: end }) => {
    const asked: number[] = [];
    const here: Site = await site({
      ...switches,
      onRequest({ status }) {
        if (isThrottled && asked.push(status) === 3) here.emulator.set({ limit: NOTHING_PASSES });
        else if (asked.length === 4) here.emulator.set({ limit: null });
      },
    });
    const before = here.contact();
    const ended = await here.probe(
      '--contact',
      String(OFFERED.id),
      '--test-key',
      'plan',
      '--json',
      '--outage-budget',
      end ? '300ms' : '10s',
      '--max-attempts',
      end ? '2' : '8',
    );

    expect(here.contact()).toEqual(before);
    expect(existsSync(here.files.savedContact)).toBe(false);
    if (end) {
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([
        end.code,
        expect.stringContaining(end.says),
      ]);
      expect(here.emulator.journal).toEqual([]);
      return;
    }
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    if (isThrottled) expect(here.emulator.stats().throttled).toBe(1);
    expect(ended.values).toEqual({ ...USUAL, ...finds });
    expect(ended.summary.contact).toEqual({ state: 'equal', stays: [], others: [], saved: null });
  });
});

test('contacts that were made one after the other in one second keep their order', async () => {
  const contactList = Array.from({ length: 200 }, (_, i) => ({
    id: i + 1,
    email: `c${(i * 7_919) % 200}@example.com`,
    created_at: 1_700_000_000 + i / 50,
  }));
  const here = await site({ contacts: 0, contactList: [...contactList, { ...OFFERED }], sortKeys: 'first' });
  const { values } = await here.probe('--contact', '4711', '--read-only', '--json');
  expect(values.list_order).toBe('kept');
});

test.each<
  [
    what: string,
    nullAttribute: 'stored' | 'deletes' | 'ignored',
    destroyAttributes: boolean,
    left: JsonValue | undefined,
  ]
>([
  ['null stays', 'stored', false, null],
  ['nothing stays', 'deletes', false, undefined],
  ['an empty text stays where null clears nothing', 'ignored', false, ''],
  ['null is deleted', 'stored', true, undefined],
  ['nothing stays, and it was tried', 'deletes', true, undefined],
  ['what null does not clear is deleted', 'ignored', true, undefined],
])('a test key that the contact does not have: %s', async (_what, nullAttribute, destroyAttributes, left) => {
  const key = 'probe_key';
  const here = await site({ nullAttribute, destroyAttributes });
  const ended: Probed = await here.probe(
    '--contact',
    '4711',
    '--test-key',
    `custom_attributes.${key}`,
    '--json',
  );
  expect(ended.code).toBe(0);
  expect(ended.values).toMatchObject({
    null_attribute: nullAttribute,
    destroy_attribute: destroyAttributes ? 'deletes' : 'absent',
  });
  const custom = here.contact()?.['custom_attributes'] as Record<string, JsonValue>;
  expect(custom).toEqual({ ...OFFERED.custom_attributes, ...(left === undefined ? {} : { [key]: left }) });
  expect(ended.summary.contact).toMatchObject({
    state: left === undefined ? 'equal' : 'differs',
    stays: left === undefined ? [] : [`custom_attributes.${key}`],
  });
});

const POSITIONS_TOGETHER = (['merge', 'replace'] as const).flatMap((additionalAttributes) =>
  PATCH_ANSWERS.flatMap((patchAnswer) =>
    [false, true].flatMap((showContact) =>
      NULL_ATTRIBUTES.flatMap((nullAttribute) =>
        [false, true].map((destroyAttributes) => ({
          additionalAttributes,
          patchAnswer,
          showContact,
          nullAttribute,
          destroyAttributes,
        })),
      ),
    ),
  ),
);

test.each(POSITIONS_TOGETHER)(
  'together: $additionalAttributes, answers $patchAnswer, GET $showContact, null $nullAttribute, destroys $destroyAttributes',
  async (switches) => {
    const here = await site(switches);
    const before = here.contact();
    const { code, values } = await here.probe('--contact', '4711', '--test-key', 'plan', '--json');
    expect([code, here.contact()]).toEqual([0, before]);
    expect(values).toMatchObject({
      additional_attributes: `${switches.additionalAttributes}s`,
      show_contact: switches.showContact,
      null_attribute: switches.nullAttribute,
      destroy_attribute: switches.destroyAttributes ? 'deletes' : 'absent',
    });
    const isTold = switches.additionalAttributes === 'replace' || switches.nullAttribute !== 'ignored';
    const good = isTold ? 'read-back' : 'stored';
    const isGood = switches.patchAnswer === 'stored' || (switches.patchAnswer === 'before' && !isTold);
    expect(values.patch_answer).toBe(isGood ? good : 'not a read-back');
  },
);
