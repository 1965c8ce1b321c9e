import type { ReadingChoice } from '../../input/options.ts';

/** What a draft is made of and where it goes. */
export interface InitOptions extends ReadingChoice {
  readonly input: string;
  /** File to write; `-` is stdout. */
  readonly output?: string;
  /** Name of a job to write, too. */
  readonly job?: string;
  /** The file of jobs. */
  readonly config: string;
  /** Whether a file that is there may be overwritten. */
  readonly force: boolean;
}
