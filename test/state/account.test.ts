import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Patch } from '../../src/core/types.ts';
import type { ContactState } from '../../src/state/contact-state.ts';
import { contactOf, MemoryDisk, patchOf, stateOver } from './memory-storage.ts';

const PATHS = ['name', 'email', 'custom_attributes.plan', 'custom_attributes.note', 'thumbnail'] as const;
type Path = (typeof PATHS)[number];
type Values = Partial<Record<Path, string>>;

/** The naive model of a field: whole values, no hashes, no digests. */
interface Field {
  base?: string;
  theirs?: string;
  inDoubt: boolean;
}

type Event =
  | { readonly kind: 'row'; readonly contact: number; readonly values: Values; readonly ends: Ending }
  | { readonly kind: 'agent'; readonly contact: number; readonly values: Values }
  | { readonly kind: 'pull' }
  | { readonly kind: 'close' };
type Ending = 'answered' | 'answered, no echo' | 'refused' | 'unknown' | Crash;
type Crash = 'killed before the request' | 'killed before the answer' | 'killed after the answer';

const value = fc.constantFrom('', 'a', 'b', 'B');
const values = fc.record(Object.fromEntries(PATHS.map((path) => [path, value])), { requiredKeys: [] });
const contact = fc.constantFrom(1, 2);
const ending = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Ending>('answered', 'answered, no echo') },
  fc.constantFrom<Ending>(
    'refused',
    'unknown',
    'killed before the request',
    'killed before the answer',
    'killed after the answer',
  ),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('row' as const), contact, values, ends: ending }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agent' as const), contact, values }) },
  fc.record({ kind: fc.constant('pull' as const) }),
  fc.record({ kind: fc.constant('close' as const) }),
);

it.each(['ours', 'theirs'] as const)(
  'whatever rows, agents and crashes do, the account ends as the naive model says (%s)',
  async (policy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40, size: 'max' }), async (events) => {
        const world = new World(policy);
        for (const one of events) await world.happen(one);
      }),
      { numRuns: 300 },
    );
  },
);

/** An account, the state beside it, and what both must be. */
class World {
  readonly #policy: 'ours' | 'theirs';
  readonly #disk = new MemoryDisk();
  #state: ContactState;
  /** What the account holds. */
  #account = new Map<string, string>();
  #model = new Map<string, Field>();
  /** The model as a killed process leaves it. */
  #durable = new Map<string, Field>();

  constructor(policy: 'ours' | 'theirs') {
    this.#policy = policy;
    this.#state = stateOver(this.#disk);
  }

  async happen(event: Event): Promise<void> {
    switch (event.kind) {
      case 'agent':
        for (const [path, text] of entriesOf(event.values)) this.#set(event.contact, path, text);
        return;
      case 'close':
        await this.#state.close();
        this.#keep();
        this.#state = stateOver(this.#disk);
        return;
      case 'pull':
        this.#state.beginPull(true);
        for (const id of [1, 2]) {
          this.#state.learn(this.#shown(id));
          this.#see(id);
        }
        await this.#state.endPull();
        this.#keep();
        return;
      case 'row':
        return this.#row(event.contact, event.values, event.ends);
    }
  }

  async #row(id: number, values: Values, ends: Ending): Promise<void> {
    const patch = toPatch(id, values);
    const wanted = entriesOf(values).filter(([path, text]) => this.#decide(id, path, text) === 'send');
    const comparison = this.#state.compare(patch, () => this.#policy);
    expect([...comparison.send].sort()).toEqual(wanted.map(([path]) => path).sort());
    if (comparison.settled) {
      this.#state.confirm(patch, comparison);
      this.#settle(id, values, []);
      return;
    }
    const before = clone(this.#model);
    for (const [path] of wanted) this.#field(id, path).inDoubt = true;
    await this.#state.doubt(patch, comparison.send);
    this.#keep();
    if (ends === 'killed before the request') return this.#kill();
    if (ends === 'refused') {
      this.#state.refused(patch);
      this.#model = before;
      return;
    }
    for (const [path, text] of wanted) this.#set(id, path, text);
    if (ends === 'killed before the answer') return this.#kill();
    if (ends === 'unknown') return this.#state.undecided(patch);
    const echo = ends === 'answered' ? this.#shown(id) : undefined;
    this.#state.delivered(patch, comparison.send, echo);
    if (ends === 'killed after the answer') return this.#kill();
    this.#settle(
      id,
      values,
      wanted.map(([path]) => path),
    );
    if (echo) this.#see(id);
    // what the row says has arrived, or it was kept back for what an agent did
    for (const [path, text] of wanted) {
      if (path !== 'thumbnail') expect(this.#account.get(`${id} ${path}`)).toBe(canonical(path, text));
    }
  }

  /** (b) to (h), on values. */
  #decide(id: number, path: Path, text: string): 'send' | 'keep' {
    const { base, theirs, inDoubt } = this.#field(id, path);
    const ours = canonical(path, text);
    if (inDoubt) return 'send';
    if (ours === theirs) return 'keep';
    if (theirs === undefined) return ours === base ? 'keep' : 'send';
    if (base === undefined) return this.#policy === 'ours' || theirs === '' ? 'send' : 'keep';
    if (ours === base) return 'keep';
    if (theirs === base) return 'send';
    return this.#policy === 'ours' ? 'send' : 'keep';
  }

  #settle(id: number, values: Values, sent: readonly Path[]): void {
    for (const [path, text] of entriesOf(values)) {
      const field = this.#field(id, path);
      field.base = canonical(path, text);
      if (!sent.includes(path)) continue;
      field.inDoubt = false;
      delete field.theirs;
    }
  }

  /** The state is shown the contact. */
  #see(id: number): void {
    for (const path of PATHS) {
      if (path !== 'thumbnail') this.#field(id, path).theirs = this.#account.get(`${id} ${path}`) ?? '';
    }
  }

  #set(id: number, path: Path, text: string): void {
    // the API takes a thumbnail with 200 and drops it
    if (path !== 'thumbnail') this.#account.set(`${id} ${path}`, canonical(path, text));
  }

  #shown(id: number): Patch['body'] {
    const custom: Patch['body'] = {};
    const columns: Patch['body'] = {};
    for (const path of PATHS) {
      const text = this.#account.get(`${id} ${path}`) ?? null;
      if (path.startsWith('custom')) custom[path.slice('custom_attributes.'.length)] = text;
      else if (path !== 'thumbnail') columns[path] = text;
    }
    return contactOf(id, { ...columns, custom_attributes: custom });
  }

  #kill(): void {
    this.#state = stateOver(this.#disk);
    this.#model = clone(this.#durable);
  }

  #keep(): void {
    this.#durable = clone(this.#model);
  }

  #field(id: number, path: Path): Field {
    const key = `${id} ${path}`;
    const field = this.#model.get(key) ?? { inDoubt: false };
    this.#model.set(key, field);
    return field;
  }
}

function canonical(path: Path, text: string): string {
  return path === 'email' ? text.toLowerCase() : text;
}

function entriesOf(values: Values): [Path, string][] {
  return Object.entries(values) as [Path, string][];
}

function toPatch(id: number, values: Values): Patch {
  const custom: Patch['body'] = {};
  const columns: Patch['body'] = {};
  for (const [path, text] of entriesOf(values)) {
    if (path.startsWith('custom')) custom[path.slice('custom_attributes.'.length)] = text;
    else columns[path] = text;
  }
  return patchOf(id, columns, Object.keys(custom).length > 0 ? custom : undefined);
}

function clone(model: ReadonlyMap<string, Field>): Map<string, Field> {
  return new Map([...model].map(([key, field]) => [key, { ...field }]));
}
