/** Which of several like processes this one is, as the engine that started them says. */
export interface ArrayIndex {
  /** From 0; undefined where the text is no number. */
  readonly index: number | undefined;
  /** The variable that says so, and its text. */
  readonly name: string;
  readonly text: string;
}

/** Variables of Kubernetes Indexed Jobs, AWS Batch, Cloud Run, Nomad and Slurm arrays; all but the last count from 0. */
const NAMES = [
  'JOB_COMPLETION_INDEX',
  'AWS_BATCH_JOB_ARRAY_INDEX',
  'CLOUD_RUN_TASK_INDEX',
  'NOMAD_ALLOC_INDEX',
  'SLURM_ARRAY_TASK_ID',
] as const;

/** The index that the environment gives; undefined where no engine does. */
export function readArrayIndex(env: Readonly<Record<string, string | undefined>>): ArrayIndex | undefined {
  const name = NAMES.find((one) => (env[one] ?? '') !== '');
  if (name === undefined) return undefined;
  const text = env[name] ?? '';
  const index = wholeNumber(text);
  // an array of Slurm begins at any number, and may count by more than one
  const first = name === 'SLURM_ARRAY_TASK_ID' ? (wholeNumber(env['SLURM_ARRAY_TASK_MIN'] ?? '') ?? 0) : 0;
  const step = name === 'SLURM_ARRAY_TASK_ID' ? (wholeNumber(env['SLURM_ARRAY_TASK_STEP'] ?? '') ?? 1) : 1;
  return { name, text, index: index === undefined ? undefined : (index - first) / Math.max(1, step) };
}

// --- internal ---

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
