import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../core/types.ts';
import { attributesOf, type SavedContact, TEST_VALUE } from './contact-backup.ts';

/** What the server moves by itself, or others do beside a sync (livedesk-api.md 5.10). */
const MOVING: ReadonlySet<string> = new Set([
  'availability_status',
  'contact_inboxes',
  'last_activity_at',
  'thumbnail',
]);

/**
 * The body that puts back what the probe may have taken away, or undefined where nothing need be. What others
 * changed meanwhile stays as they left it. `second`: null was tried and did not clear the test key.
 */
export function bodyToPutBack(saved: SavedContact, now: JsonObject, second = false): JsonObject | undefined {
  const body: JsonObject = {};
  const [was, is] = [
    attributesOf(saved.contact, 'additional_attributes'),
    attributesOf(now, 'additional_attributes'),
  ];
  const lost = lostKeys(saved, now);
  if (lost.length > 0) {
    const back = Object.fromEntries(lost.map((key) => [key, was[key] ?? null]));
    body['additional_attributes'] = { ...was, ...is, ...back };
  }
  const custom = customToPutBack(saved, now, second);
  if (Object.keys(custom).length > 0) body['custom_attributes'] = custom;
  return Object.keys(body).length > 0 ? body : undefined;
}

/** How a contact differs from what was saved, as paths. */
export interface Difference {
  /** What the probe did and could not take back. */
  readonly ours: readonly string[];
  /** A test key that the contact did not have, and that nothing documented deletes. */
  readonly stays: readonly string[];
  /** What somebody else did. */
  readonly others: readonly string[];
}

/** Compares as JSON, except for what the server moves by itself. */
export function differenceFrom(saved: SavedContact, now: JsonObject): Difference {
  const { contact, test_key: testKey } = saved;
  const paths = [...changedPaths(contact, now)];
  const lost = lostKeys(saved, now).map((key) => `additional_attributes.${key}`);
  const tested = `custom_attributes.${testKey}`;
  const isAstray = testKey !== null && isTestKeyAstray(saved, now);
  const hadNone = testKey !== null && !Object.hasOwn(attributesOf(contact, 'custom_attributes'), testKey);
  const left = attributesOf(now, 'custom_attributes')[testKey ?? ''];
  const stays = hadNone && paths.includes(tested) && (left === null || left === '') ? [tested] : [];
  const deleted = deletedKeys(saved, now).map((key) => `custom_attributes.${key}`);
  const ours = [...lost, ...deleted, ...(isAstray ? [tested] : [])];
  return { ours, stays, others: paths.filter((path) => ![...ours, ...stays].includes(path)) };
}

// --- internal ---

/**
 * Keys of `additional_attributes` that the contact had and that are gone. The one that the probe left out may show as
 * an empty one; where another is empty, somebody emptied it.
 */
function lostKeys({ contact, left_out: leftOut }: SavedContact, now: JsonObject): string[] {
  const is = attributesOf(now, 'additional_attributes');
  const was = attributesOf(contact, 'additional_attributes');
  const isEmptied = (key: string): boolean => (is[key] === null || is[key] === '') && was[key] !== is[key];
  return Object.keys(was).filter((key) => !Object.hasOwn(is, key) || (key === leftOut && isEmptied(key)));
}

/** Custom attributes beside the test key that are gone: an account may delete more than it was asked to. */
function deletedKeys({ contact, test_key: testKey }: SavedContact, now: JsonObject): string[] {
  if (testKey === null) return [];
  const is = attributesOf(now, 'custom_attributes');
  const was = attributesOf(contact, 'custom_attributes');
  return Object.keys(was).filter((key) => key !== testKey && !Object.hasOwn(is, key));
}

function customToPutBack(saved: SavedContact, now: JsonObject, second: boolean): JsonObject {
  const before = attributesOf(saved.contact, 'custom_attributes');
  const back = Object.fromEntries(deletedKeys(saved, now).map((key) => [key, before[key] ?? null]));
  if (!isTestKeyAstray(saved, now)) return back;
  return { ...back, [saved.test_key ?? '']: before[saved.test_key ?? ''] ?? (second ? '' : null) };
}

/** Whether the test key holds what only the probe can have written. */
function isTestKeyAstray({ contact, test_key: key }: SavedContact, now: JsonObject): boolean {
  if (key === null) return false;
  const [before, after] = [
    attributesOf(contact, 'custom_attributes'),
    attributesOf(now, 'custom_attributes'),
  ];
  if (after[key] === TEST_VALUE && before[key] !== TEST_VALUE) return true;
  if (Object.hasOwn(before, key) && !Object.hasOwn(after, key)) return true;
  const [was, is] = [before[key] ?? null, after[key] ?? null];
  return is === null && was !== null;
}

function* changedPaths(before: JsonObject, after: JsonObject): Generator<string> {
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (MOVING.has(field) || isDeepStrictEqual(before[field], after[field])) continue;
    if (field !== 'additional_attributes' && field !== 'custom_attributes') {
      yield field;
      continue;
    }
    const [was, is] = [attributesOf(before, field), attributesOf(after, field)];
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const isSame =
        Object.hasOwn(was, key) === Object.hasOwn(is, key) && isDeepStrictEqual(was[key], is[key]);
      if (!isSame) yield `${field}.${key}`;
    }
  }
}
