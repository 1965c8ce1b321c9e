import type { JsonValue } from '../../core/types.ts';

const PLAIN = /^[A-Za-z_][\w.*-]*$/;

/** A key of a YAML map. Keys are read as they are written, so `null` and `true` need no quotes. */
export function keyText(key: string): string {
  return PLAIN.test(key) ? key : JSON.stringify(key);
}

/** A value in YAML's flow style, quoted as JSON wherever a plain word might mean something else. */
export function flow(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${flow(item)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = PLAIN.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
