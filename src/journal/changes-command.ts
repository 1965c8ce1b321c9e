/** The commands beside `run` that begin a run; `check` is `plan --check`. */
export type ChangesCommand = 'plan' | 'check' | 'apply' | 'undo';
