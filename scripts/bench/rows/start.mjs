// @ts-check
import { alternate, middle, ratio } from '../figures.mjs';
import { MAIN, measure } from '../measure.mjs';
import { finding } from '../table.mjs';

/**
 * The time to say a version, against Node's own start.
 * @param {import('../context.mjs').Context} context
 */
export async function start(context) {
  /** Without the meter, which has modules of its own to load. @param {string} name @param {string[]} args */
  const process_ = (name, args) => ({
    name,
    run: async () => ({ ms: (await measure(args, { command: process.execPath })).wallMs }),
  });
  const rounds = await alternate(
    [
      process_('ours', [MAIN, '--version']),
      process_('node', ['-e', '0']),
      process_('help', [MAIN, 'run', '--help']),
    ],
    context.isQuick ? 11 : 40,
  );
  const of = (/** @type {string} */ name) => `${middle(rounds, name, 'ms').toFixed(0)} ms`;
  return [
    finding('start: --version, against node -e 0', {
      value: ratio(rounds, 'ours', 'node', 'ms'),
      atMost: 3,
      more: `${of('ours')}, ${of('node')}`,
    }),
    finding('  run --help, for comparison', {
      value: ratio(rounds, 'help', 'node', 'ms'),
      more: of('help'),
    }),
  ];
}
