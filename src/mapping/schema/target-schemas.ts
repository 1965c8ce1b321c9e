import type { JsonObject } from '../../core/types.ts';
import {
  ADDITIONAL_KEYS,
  COLUMN_NAMES,
  ignoredBy,
  RESERVED_KEYS,
  readTarget,
  SOCIAL_NETWORKS,
  type Target,
} from '../targets.ts';
import { described } from './parts.ts';

/**
 * Schemas by target: the fields that exist under `properties`, so that editors complete them, and the attributes of
 * one's own under `patternProperties`. Everything else is refused.
 */
export function targetSchemas(
  schemaOf: (target: Target, path: string) => JsonObject,
  isTaken: (target: Target) => boolean = () => true,
): JsonObject {
  const properties: JsonObject = {};
  for (const path of NAMED) {
    const target = readTarget(path);
    if (typeof target === 'string') throw new TypeError(target);
    // what a pattern below describes as well needs no second description
    if (isTaken(target))
      properties[path] = isOwn(target) ? {} : described(schemaOf(target, path), textOf(target));
  }
  const patternProperties: JsonObject = {};
  for (const [pattern, target] of OWN) {
    patternProperties[pattern] = described(schemaOf(target, target.kind), textOf(target));
  }
  return { properties, patternProperties, additionalProperties: false };
}

// --- internal ---

const NAMED = [
  ...COLUMN_NAMES,
  'custom_attributes',
  'custom_attributes.*',
  'additional_attributes',
  ...ADDITIONAL_KEYS.map((key) => `additional_attributes.${key}`),
  ...SOCIAL_NETWORKS.map((key) => `additional_attributes.social_profiles.${key}`),
];

/** No star, which is a pattern of columns, and none of the names that reach into a prototype. */
const KEY = `(?!(?:\\*|${[...RESERVED_KEYS].join('|')})$)[\\s\\S]+$`;

const OWN: readonly (readonly [pattern: string, target: Target])[] = [
  [`^custom_attributes\\.${KEY}`, { kind: 'custom', key: '' }],
  [`^additional_attributes\\.(?!social_profiles\\.)${KEY}`, { kind: 'additional', key: '' }],
  [`^additional_attributes\\.social_profiles\\.${KEY}`, { kind: 'social', key: '' }],
];

function isOwn(target: Target): boolean {
  return target.kind === 'additional' || target.kind === 'social';
}

function textOf(target: Target): string {
  switch (target.kind) {
    case 'column': {
      const ignored = ignoredBy(target);
      if (ignored !== undefined)
        return `LiveDesk ${ignored === 'known' ? 'ignores' : 'probably ignores'} it.`;
      return `The ${target.key.replace('_', ' ')} of the contact.`;
    }
    case 'whole':
      return 'A whole object, from JSONL or a cell of JSON text.';
    case 'custom':
      return target.key === '*'
        ? 'Custom attributes named by the columns.'
        : 'A custom attribute; merged into what the contact has.';
    case 'additional':
      return 'An additional attribute; merged into what the contact has.';
    case 'social':
      return 'A social profile; merged into what the contact has.';
  }
}
