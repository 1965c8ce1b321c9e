import { KEY_FIELDS, type KeyField } from '../../core/types.ts';

/** Lists kept for rows to come; rows that set fields in yet other combinations get lists of their own. */
const MAX_KEPT = 4_096;

/**
 * The paths that a row sets, as a way through a tree of all that rows set before: rows that set the same fields in the same
 * order share one array, so that what is known of it (its text, its number in the journal) is found without reading it.
 */
export class FieldPathList {
  readonly #before: FieldPathList | undefined;
  readonly #path: string;
  readonly #kept: { count: number };
  #next: Map<string, FieldPathList> | undefined;
  #paths: readonly string[] | undefined;
  #keyFields: readonly KeyField[] | undefined;

  private constructor(before: FieldPathList | undefined, path: string, kept: { count: number }) {
    this.#before = before;
    this.#path = path;
    this.#kept = kept;
  }

  /** A list without a path, from which all lists of a mapping begin. */
  static empty(): FieldPathList {
    return new FieldPathList(undefined, '', { count: 0 });
  }

  /** This list and one path more. */
  with(path: string): FieldPathList {
    const known = this.#next?.get(path);
    if (known) return known;
    const list = new FieldPathList(this, path, this.#kept);
    if (this.#kept.count < MAX_KEPT) {
      this.#kept.count += 1;
      this.#next ??= new Map();
      this.#next.set(path, list);
    }
    return list;
  }

  /** This list and the paths of the keys of a whole object at `path`. */
  withKeysOf(path: string, object: unknown): FieldPathList {
    let list: FieldPathList = this;
    for (const key of Object.keys(object ?? {})) list = list.with(`${path}.${key}`);
    return list;
  }

  /** Those of {@link KEY_FIELDS} that are among the paths. */
  get keyFields(): readonly KeyField[] {
    this.#keyFields ??= KEY_FIELDS.filter((field) => this.paths.includes(field));
    return this.#keyFields;
  }

  get paths(): readonly string[] {
    if (this.#paths === undefined) {
      const paths: string[] = [];
      for (let list: FieldPathList = this; list.#before; list = list.#before) paths.push(list.#path);
      this.#paths = paths.reverse();
    }
    return this.#paths;
  }
}
