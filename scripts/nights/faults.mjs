// @ts-check

/**
 * Faults as version 0.1 had them, each put into a copy of the built program: a place, what stands there, and the fault.
 * `by` is the script that finds it: by default the nights.
 * @type {readonly { readonly name: string, readonly file: string, readonly is: string, readonly fault: string, readonly by?: string }[]}
 */
export const FAULTS = [
  {
    name: 'who began later is newer, whatever the numbers say',
    file: 'commands/run/plan/newer-runs.js',
    is: 'return comparable.filter(({ header }) => (header.number ?? 0) >= number);',
    fault:
      "return comparable.filter(({ header }) => header.started_at >= (origin?.header.started_at ?? ''));",
  },
  {
    name: 'rejects do not say which run they are from',
    file: 'journal/reject-format.js',
    is: 'error.message, originText(origin)]',
    fault: "error.message, '']",
  },
  {
    name: 'what a newer row found unchanged counts for nothing',
    file: 'journal/touched-fields.js',
    is: 'const fields = set ?? (isDelivered(line) ? line.fields : undefined);',
    fault: 'const fields = isDelivered(line) ? line.fields : undefined;',
  },
  {
    name: 'what a killed run may have sent counts for nothing',
    file: 'journal/touched-fields.js',
    is: 'yield* sending.values();',
    fault: 'yield* [];',
  },
  {
    name: 'a resume leaves alone nothing that newer runs sent',
    file: 'commands/run/plan/row-positions.js',
    is: 'if (isOwnAlone && !corrected)',
    fault: "if (back?.how === '--resume' && !corrected)",
  },
  {
    name: '--continue keeps the limit of an unfinished canary',
    file: 'commands/run/plan/resume.js',
    is: 'options.limit ?? (options.continue ? Number.POSITIVE_INFINITY : found.limit)',
    fault: 'options.limit ?? found.limit',
  },
  {
    name: 'every shard takes the rows that cannot be read',
    file: 'commands/run/plan/shard-filter.js',
    is: "return own === index ? claimed : 'elsewhere';",
    fault: "return own === index || contact === undefined ? claimed : 'elsewhere';",
  },
  {
    name: 'lines are written behind a torn last line',
    file: 'core/append-file.js',
    is: 'if (atMost !== undefined && this.#size > atMost)',
    fault: 'if (false)',
  },
  {
    name: 'nothing is marked as in doubt before a request',
    file: 'commands/run/stages/write-ahead.js',
    is: 'const mark = state ? Promise.all([sending, state.doubt(patch, fields)]) : sending;',
    fault: 'const mark = sending;',
  },
  {
    name: 'what is in doubt counts as delivered',
    file: 'state/compare/compare-field.js',
    is: 'if (known.inDoubt)',
    fault: 'if (false)',
  },
  {
    name: 'a resume works without the state of its run',
    file: 'commands/run/plan/remembered-options.js',
    is: "state: 'kept',",
    fault: "state: 'process',",
  },
  {
    name: 'a store that other shards have outdated is trusted',
    file: 'state/storage/other-stores.js',
    is: 'let best = ownEpoch === undefined ? -1 : this.#ownEpoch(ownEpoch);',
    fault: "if (ownEpoch !== undefined) return 'own';\n        let best = -1;",
  },
  {
    name: 'rows whose contact was looked up do not wait for each other',
    file: 'commands/run/pipeline/pipeline.js',
    is: 'return scheduler.join(patch.contactId, () => sendInLane(trip, patch));',
    fault: 'return scheduler.join(-1000 * patch.contactId - trip.row.row, () => sendInLane(trip, patch));',
  },
  {
    name: "an agent's edit is overwritten under on_conflict: theirs",
    file: 'state/compare/compare-field.js',
    is: "return policy === 'ours' ? 'conflict_ours' : 'conflict_theirs';",
    fault: "return 'conflict_ours';",
  },
  {
    name: 'a contact is not read before a field under on_conflict: theirs is changed',
    file: 'commands/run/stages/present-values.js',
    is: "fields.some((path) => policy(path) === 'theirs')",
    fault: 'false',
  },
  {
    name: 'what is enforced is compared with what was seen long ago',
    file: 'state/compare/compare-patch.js',
    is: "return isFresh || policy(field.path) !== 'enforce' ? known : { ...known, theirs: undefined };",
    fault: 'return known;',
  },
  {
    name: 'a row of the cells that were last sent is not looked at, though a write of it is in doubt',
    file: 'state/change-record.js',
    is: '    // a digest says that nothing of its patch is in doubt\n    record.digests = [];',
    fault: '',
  },
  {
    name: 'rejects without a line in the journal stay when the run goes on',
    file: 'journal/journal.js',
    is: '                this.#cutRejects(options.cutTo.rejects);',
    fault: '                void 0;',
  },
  {
    name: 'a state trusts what it knows though a run without it has sent since',
    file: 'commands/run/stages/open-state.js',
    is: 'isOutdated: wasSentByOthers(roots, account, stateId),',
    fault: 'isOutdated: false,',
  },
  {
    name: 'a write leaves before its old value is on the disk',
    file: 'journal/before-images/before-file.js',
    is: 'return this.#coming;',
    fault: 'this.#coming.catch(() => {}); return Promise.resolve();',
    by: 'undos',
  },
  {
    name: 'the first old value comes back, whoever changed it between two writes of the run',
    file: 'commands/run/undo/fold-images.js',
    is: 'const from = isOurs || isUntouched ? before : { old, unknown };',
    fault: 'const from = before;',
    by: 'undos',
  },
  {
    name: "an undo leaves the state's record of what the run wrote",
    file: 'commands/run/stages/write-ahead.js',
    is: 'if (patch.undo)',
    fault: 'if (false)',
    by: 'undos',
  },
  {
    name: 'an undo puts back what a later run has confirmed',
    file: 'commands/run/undo/later-writes.js',
    is: 'fate.isNewer = true;',
    fault: 'fate.isNewer = false;',
    by: 'undos',
  },
  {
    name: "an undo puts back over an agent's edit",
    file: 'commands/run/stages/decide-changes.js',
    is: 'edited.push(path);',
    fault: 'send.push(path);',
    by: 'undos',
  },
];
