import { type Finding, notLearnt } from '../../account/finding.ts';
import { RunError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import {
  type AnswerKind,
  isExactValue,
  judgeAnswer,
  judgeDestroy,
  judgeMerge,
  judgeNull,
  keyToLeaveOut,
  patchAnswerFinding,
} from './conclude-writes.ts';
import { attributesOf, TEST_VALUE } from './contact-backup.ts';
import { isRefused, type Refused, type Talk } from './probe-client.ts';
import type { Read } from './read-contact.ts';

export interface WritesOptions {
  readonly talk: Talk;
  readonly contactId: number;
  readonly contact: JsonObject;
  readonly read: Read;
  readonly patchAnswer: readonly AnswerKind[];
  /** A custom attribute that may be set, cleared and deleted. */
  readonly testKey: string | undefined;
  /** Called before the first write, and resolves when the contact is safe. `leftOut` is the key to be left out. */
  readonly onBeforeWrites: (leftOut: string | undefined) => void;
  /** Called just before each write: the contact is to be put back. */
  readonly onWrite: () => void;
  /** Puts the contact back. */
  readonly putBack: () => Promise<void>;
  readonly onFinding: (finding: Finding) => void;
}

/** Asks what only writes tell, and puts the contact back after each. */
export async function askWrites(options: WritesOptions): Promise<void> {
  const { contact, testKey, onFinding } = options;
  const seen = [...options.patchAnswer];
  const leftOut = keyToLeaveOut(attributesOf(contact, 'additional_attributes'));
  if (leftOut !== undefined || testKey !== undefined) options.onBeforeWrites(leftOut);
  if (leftOut === undefined) onFinding(notLearnt('additional_attributes', whyNoMerge(contact)));
  else seen.push(...(await askMerge(options, leftOut)));
  const why = testKey === undefined ? 'it takes --test-key NAME' : whyNotTried(contact, seen);
  if (testKey === undefined || why !== undefined) {
    for (const question of ['null_attribute', 'destroy_attribute'] as const)
      onFinding(notLearnt(question, why ?? ''));
  } else {
    seen.push(...(await askNull(options, testKey)));
    await askDestroy(options, testKey);
  }
  onFinding(patchAnswerFinding(seen, 'the contact has no custom attribute; --test-key NAME would tell'));
}

// --- internal ---

async function askMerge(options: WritesOptions, leftOut: string): Promise<AnswerKind[]> {
  const { talk, contactId, contact, onFinding } = options;
  const { [leftOut]: was, ...subset } = attributesOf(contact, 'additional_attributes');
  options.onWrite();
  const answer = await talk.update(contactId, { additional_attributes: subset });
  const after = await readAgain(options);
  onFinding(
    isRefused(answer)
      ? notLearnt('additional_attributes', refusal(answer))
      : judgeMerge(leftOut, contact, after),
  );
  await options.putBack();
  const seen = judgeAnswer(
    was,
    attributesOf(answer as JsonObject, 'additional_attributes')[leftOut],
    attributesOf(after, 'additional_attributes')[leftOut],
  );
  return seen && !isRefused(answer) ? [seen] : [];
}

/** Sets the test key where it holds nothing, and then null. */
async function askNull(options: WritesOptions, key: string): Promise<AnswerKind[]> {
  const { talk, contactId, contact, onFinding } = options;
  const question = 'null_attribute';
  const custom = attributesOf(contact, 'custom_attributes');
  const seen: AnswerKind[] = [];
  const write = async (value: string | null, before: JsonObject): Promise<JsonObject | Refused> => {
    options.onWrite();
    const answer = await talk.update(contactId, { custom_attributes: { [key]: value } });
    const after = await readAgain(options);
    if (isRefused(answer)) return answer;
    const one = judgeAnswer(
      attributesOf(before, 'custom_attributes')[key],
      attributesOf(answer, 'custom_attributes')[key],
      attributesOf(after, 'custom_attributes')[key],
    );
    if (one) seen.push(one);
    return after;
  };
  let before: JsonObject = contact;
  if ((custom[key] ?? null) === null) {
    const set = await write(TEST_VALUE, contact);
    if (isRefused(set)) {
      onFinding(notLearnt(question, refusal(set)));
      return seen;
    }
    before = set;
  }
  const cleared = await write(null, before);
  onFinding(isRefused(cleared) ? notLearnt(question, refusal(cleared)) : judgeNull(key, before, cleared));
  await options.putBack();
  return seen;
}

/** Deletes the test key, which is set before where the contact does not have it. */
async function askDestroy(options: WritesOptions, key: string): Promise<void> {
  const { talk, contactId, onFinding } = options;
  let before = await readAgain(options);
  if (!Object.hasOwn(attributesOf(before, 'custom_attributes'), key)) {
    options.onWrite();
    await talk.update(contactId, { custom_attributes: { [key]: TEST_VALUE } });
    before = await readAgain(options);
  }
  options.onWrite();
  const answer = await talk.destroyAttribute(contactId, key);
  onFinding(judgeDestroy(key, before, await readAgain(options), answer));
  await options.putBack();
}

async function readAgain({ read, contactId }: WritesOptions): Promise<JsonObject> {
  const contact = await read();
  if (contact) return contact;
  throw new RunError('ERR_NO_READ', `contact ${contactId} could not be read again after a write`, {
    exitCode: 3,
  });
}

/** Why no test key is tried: what it does would not be seen, or could not be taken back. */
function whyNotTried(contact: JsonObject, known: readonly AnswerKind[]): string | undefined {
  const custom = attributesOf(contact, 'custom_attributes');
  if (Object.keys(custom).length === 0 && known.length === 0) {
    return 'nobody knows whether custom attributes would be seen: offer a contact that has one';
  }
  return isExactValue(custom)
    ? undefined
    : 'the custom attributes hold a number that would not survive being sent back';
}

function whyNoMerge(contact: JsonObject): string {
  const attributes = attributesOf(contact, 'additional_attributes');
  if (!isExactValue(attributes))
    return 'they hold a number that would not survive being sent back; offer another contact';
  return Object.keys(attributes).length < 2
    ? 'the contact has fewer than two keys of them; offer one that has'
    : 'all keys of the contact are empty; offer one with a value, such as a city';
}

function refusal({ status }: Refused): string {
  return `the API refused the write: ${status}`;
}
