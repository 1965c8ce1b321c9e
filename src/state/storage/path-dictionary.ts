import type { PathNumbers } from '../change-record.ts';
import { type Area, areaOf } from '../compare/paths.ts';
import type { Layouts } from './codec.ts';
import { decodeLayout, type Layout } from './record-layout.ts';
import type { Store } from './store.ts';
import { StringTable } from './string-table.ts';

/** Paths that may be known: a number takes two bytes. */
const MAX_PATHS = 2 ** 16;
/** Layouts that are named instead of spelled out; each takes about a kilobyte of memory. */
const MAX_LAYOUTS = 4_096;

export interface Paths extends PathNumbers {
  /** The number of a path, undefined if it has none yet. */
  find(path: string): number | undefined;
}

/** Paths by number. */
export function createPaths(store: Store): Paths {
  const numbers = new StringTable(store, 'path', MAX_PATHS);
  const pathOf = (id: number) => numbers.textOf(id);
  /** By number, null for a path that no answer shows. */
  const areas: (Area | null)[] = [];
  return {
    find: (path) => numbers.find(path),
    numberOf: (path) => numbers.numberOf(path),
    pathOf,
    areaOf(id) {
      const path = pathOf(id);
      if (path === undefined) return undefined;
      areas[id] ??= areaOf(path) ?? null;
      return areas[id] ?? undefined;
    },
  };
}

/** Layouts by number. */
export function createLayouts(store: Store): Layouts {
  const numbers = new StringTable(store, 'layout', MAX_LAYOUTS);
  const parsed: (Layout | undefined)[] = [];
  return {
    numberOf: (bytes) => numbers.numberOf(bytes.toString('hex')),
    at(number) {
      const text = numbers.textOf(number);
      if (text !== undefined) parsed[number] ??= decodeLayout(Buffer.from(text, 'hex'));
      return parsed[number];
    },
    parse: decodeLayout,
  };
}
