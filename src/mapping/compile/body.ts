import type { JsonObject, JsonValue, PatchBody } from '../../core/types.ts';
import type { Target } from '../targets.ts';
import type { FieldPathList } from './field-path-list.ts';

/** A patch body as it is put together, with the paths that it sets. */
export class BodyBuilder {
  // plain objects are safe: keys that reach into a prototype are refused before they get here
  readonly body: PatchBody = {};
  #list: FieldPathList;
  #custom: JsonObject | undefined;
  #additional: JsonObject | undefined;
  #social: JsonObject | undefined;

  /** `none`: the list without a path that all rows of a mapping begin with. */
  constructor(none: FieldPathList) {
    this.#list = none;
  }

  /** The paths set so far, in order. Rows that set the same share the array. */
  get fields(): readonly string[] {
    return this.#list.paths;
  }

  /** Sets the place that `target` names. A whole object counts as its keys. */
  set(target: Target, path: string, value: JsonValue): void {
    switch (target.kind) {
      case 'column':
        this.body[target.key] = value;
        break;
      case 'custom':
        if (this.#custom === undefined) this.body.custom_attributes = this.#custom = {};
        this.#custom[target.key] = value;
        break;
      case 'additional':
        this.#additionalAttributes()[target.key] = value;
        break;
      case 'social':
        if (this.#social === undefined) this.#additionalAttributes().social_profiles = this.#social = {};
        this.#social[target.key] = value;
        break;
      case 'whole':
        this.body[target.key] = value;
        this.#list = this.#list.withKeysOf(target.key, value);
        return;
    }
    this.#list = this.#list.with(path);
  }

  #additionalAttributes(): JsonObject {
    if (this.#additional === undefined) this.body.additional_attributes = this.#additional = {};
    return this.#additional;
  }
}
