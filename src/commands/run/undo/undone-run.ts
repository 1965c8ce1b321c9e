import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppendFile } from '../../../core/append-file.ts';
import { RunError } from '../../../core/errors.ts';
import { overlaps } from '../../../core/field-path.ts';
import { isObject } from '../../../core/json.ts';
import { VERSION } from '../../../core/version.ts';
import { replaceAtomicLater } from '../../../core/write-atomic.ts';
import { readBeforeImages } from '../../../journal/before-images/read-before-images.ts';
import {
  CHANGES_VERSION,
  ChangeSeal,
  type ChangesFooter,
  type UndoneHeader,
  type UndoneLine,
} from '../../../journal/change-line.ts';
import { runName } from '../../../journal/find-run.ts';
import type { RunLine, UndoneRun } from '../../../journal/journal-lines.ts';
import type { Run } from '../../../journal/list-runs.ts';
import { notWritable } from '../../../journal/not-writable.ts';
import { RowSets } from '../../../journal/row-set.ts';
import { createRunDirectory, FILES } from '../../../journal/run-directory.ts';
import { changesOptions } from '../changes/changes-options.ts';
import { newRun } from '../plan/new-run.ts';
import type { Common, Open, PlanDraft } from '../plan/plan.ts';
import type { RunOptions } from '../run-options.ts';
import { type LaterWrites, laterWrites, NO_LATER_WRITES } from './later-writes.ts';
import { requireUndoable } from './require-undoable.ts';
import { type RowFates, readRowFates } from './row-fates.ts';
import { ContactFolder, undoneLine } from './undone-lines.ts';

/** A run that takes back what another one did: it writes what is to go back into its own directory, and sends that. `now` is Unix milliseconds. */
export async function undoneRun(
  newDir: string,
  header: RunLine,
  options: RunOptions & { readonly undo: UndoneRun },
  common: Common,
  open: Open,
  now: number,
): Promise<PlanDraft> {
  const { undo } = options;
  const { contacts = [] } = undo;
  const undone: Run = { dir: undo.dir, header };
  requireUndoable(undone);
  const [wrote, fates] = [await readWrote(undone), await readRowFates(undone.dir)];
  requireWhole(undone, wrote, fates);
  for (const contact of contacts) {
    if (wrote.imagesOf.has(contact)) continue;
    throw new RunError(
      'ERR_USAGE',
      `--contact ${contact}: ${runName(undone.dir)} changed no contact of that id. Name contacts that it changed, or leave --contact out to undo all of it.`,
    );
  }
  for (const field of undo.fields ?? []) {
    if ([...wrote.fields].some((written) => overlaps(field, written))) continue;
    throw new RunError(
      'ERR_USAGE',
      `--field ${field}: ${runName(undone.dir)} changed no such field. It changed ${[...wrote.fields].join(', ')}; leave --field out to undo all of it.`,
    );
  }
  const isWanted = (contact: number): boolean =>
    contacts.length === 0 ? wrote.imagesOf.has(contact) : contacts.includes(contact);
  const later = undo.older_data
    ? NO_LATER_WRITES
    : await laterWrites(undone, runsOfAccount(undone, common), isWanted);
  const dir = createRunDirectory(newDir);
  const path = join(dir, FILES.undo);
  const undoneHeader = headerOf(undone, common, fates, now);
  await writeUndone(path, undoneHeader, () => linesOf(undone, { wrote, fates, later, undo, isWanted }));
  try {
    const ofChanges = changesOptions({ ...options, inputs: [path] }, 'undo', undoneHeader);
    return await newRun(() => dir, await open(ofChanges), ofChanges, common, open);
  } catch (error) {
    rmSync(path, { force: true }); // the old values are kept by the run that changed them
    throw error;
  }
}

// --- internal ---

/** What the before-images of a run name. */
interface Wrote {
  /** How many images there are of each contact. */
  readonly imagesOf: ReadonlyMap<number, number>;
  /** All fields that they hold. */
  readonly fields: ReadonlySet<string>;
  readonly rows: RowSets;
  readonly lines: number;
}

async function readWrote({ dir, header }: Run): Promise<Wrote> {
  const imagesOf = new Map<number, number>();
  const fields = new Set<string>();
  const rows = new RowSets();
  let lines = 1;
  for await (const { image, number } of readBeforeImages(dir, header)) {
    const { contact, input = 0, row } = image;
    imagesOf.set(contact, 1 + (imagesOf.get(contact) ?? 0));
    for (const field of Object.keys(image.fields)) fields.add(field);
    rows.add(input, row);
    lines = number;
  }
  return { imagesOf, fields, rows, lines };
}

/** Refuses images of which some are gone: each row that wrote a contact has one. */
function requireWhole({ dir }: Run, { rows, lines }: Wrote, fates: RowFates): void {
  const lacking = fates.unknownTo(rows);
  if (!lacking) return;
  throw new RunError(
    'ERR_BEFORE_IMAGES',
    `${join(dir, FILES.before)} was cut: it ends at line ${lines}, without what row ${lacking.row} found in contact ${lacking.contact} before it wrote to it. Bring the file back as it was.`,
  );
}

function runsOfAccount({ header }: Run, { account, history }: Common): readonly Run[] {
  const names = [account, header.account];
  return history.runs.filter((run) => !run.header.dry_run && names.includes(run.header.account));
}

function headerOf(
  { dir, header }: Run,
  { account, baseUrl }: Common,
  fates: RowFates,
  now: number,
): UndoneHeader {
  const { mapping_hash, additional_attributes } = mappingOf(dir);
  const mode = additional_attributes === 'merges' || additional_attributes === 'replaces';
  return {
    changes: 'undo',
    version: CHANGES_VERSION,
    tool_version: VERSION,
    created_at: new Date(now).toISOString(),
    account,
    base_url: baseUrl,
    mapping_hash: typeof mapping_hash === 'string' ? mapping_hash : header.mapping_hash,
    ...(mode ? { additional_attributes } : {}),
    contacts: 0,
    undoes: { run_id: header.run_id, dir },
    created: fates.created,
    unfinished: fates.unfinished,
  };
}

/** The mapping that a run kept; that of an undo or an applied plan names the one behind it. */
function mappingOf(dir: string): { readonly [word: string]: unknown } {
  try {
    const mapping: unknown = JSON.parse(readFileSync(join(dir, FILES.mapping), 'utf8'));
    return isObject(mapping) ? mapping : {};
  } catch {
    return {}; // what it says is a matter of requests, not of values
  }
}

interface LinesOptions {
  readonly wrote: Wrote;
  readonly fates: RowFates;
  readonly later: LaterWrites;
  readonly undo: UndoneRun;
  readonly isWanted: (contact: number) => boolean;
}

/** What is to be taken back of each contact; only those are in memory that have images further on. */
async function* linesOf(
  { dir, header }: Run,
  { wrote, fates, later, undo, isWanted }: LinesOptions,
): AsyncGenerator<UndoneLine> {
  const folder = new ContactFolder(wrote.imagesOf);
  for await (const { image } of readBeforeImages(dir, header)) {
    if (!isWanted(image.contact)) continue;
    const contact = folder.take(image, fates.of(image.input ?? 0, image.row));
    const line = contact && undoneLine(contact, undo, later);
    if (line) yield line;
  }
}

/** Writes a file of lines whole or not at all. The lines are gone through twice: the header tells how many there are. */
async function writeUndone(
  path: string,
  header: UndoneHeader,
  linesOf: () => AsyncIterable<UndoneLine>,
): Promise<void> {
  let contacts = 0;
  for await (const _ of linesOf()) contacts += 1;
  try {
    await replaceAtomicLater(path, async (fresh) => {
      const file = new AppendFile(fresh);
      try {
        const seal = new ChangeSeal();
        file.append(`${seal.seal({ ...header, contacts })}\n`);
        for await (const line of linesOf()) file.append(`${seal.seal(line)}\n`);
        const footer: ChangesFooter = { end: true, contacts };
        file.append(`${seal.seal(footer)}\n`);
      } finally {
        file.close();
      }
    });
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw notWritable(dirname(path), cause, 'again');
  }
}
