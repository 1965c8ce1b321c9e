import type { Mapping } from '../document.ts';
import { mappingOfFunction } from './custom-function.ts';
import { loadMapping } from './load.ts';
import type { MapRow } from './map-row.ts';

/** Where a mapping comes from: a file, or a program with a document, as JSON indented by two, or with a function. */
export type MappingSource = string | { readonly document: string } | { readonly map: MapRow };

/** The function of a program that takes the place of a mapping document. */
export function functionOf(source: MappingSource | undefined): MapRow | undefined {
  return typeof source === 'object' && 'map' in source ? source.map : undefined;
}

/** The mapping, checked as far as that goes without an input. Throws `ERR_MAPPING`. */
export async function takeMapping(source: MappingSource, signal?: AbortSignal): Promise<Mapping> {
  if (typeof source === 'string') return loadMapping(source, signal);
  if ('map' in source) return mappingOfFunction(source.map);
  const { parseMapping } = await import('../parse/parse.ts');
  const lines = source.document.split('\n');
  return parseMapping(source.document, 'mapping', (line) => pathAt(lines, line));
}

// --- internal ---

/** What stands on a line, as a path from the document: the user has never seen these lines. */
function pathAt(lines: readonly string[], line: number): string {
  const path: string[] = [];
  let indent = Number.POSITIVE_INFINITY;
  for (let at = line - 1; at > 0; at -= 1) {
    const [, space = '', key] = /^( *)(?:("(?:[^"\\]|\\.)*"):)?/.exec(lines[at] ?? '') ?? [];
    if (space.length >= indent) continue;
    indent = space.length;
    if (key !== undefined) path.unshift(JSON.parse(key) as string);
  }
  return ['mapping', ...path].join('.');
}
