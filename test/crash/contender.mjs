// @ts-check
// Takes the lock of an account whose run directories lie in argv[2], as soon as it is told to on stdin; says so, and
// holds it until it is killed or stdin ends.
import { takeLock } from '../../build/coordination/account-lock.js';

const [, , root = '', account = ''] = process.argv;
/** @type {import('../../src/core/clock.ts').Clock} */
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  try {
    await takeLock({
      account,
      roots: [root],
      holder: { run_dir: `${root}/run`, since: new Date().toISOString(), pid: process.pid },
      clock,
      waitMs: 0,
      draining: new AbortController().signal,
      onWait() {},
      onNoMachineLock() {},
      onUnguarded: () => process.stdout.write('unguarded\n'),
    });
    process.stdout.write('taken\n');
  } catch (error) {
    const { code, message } = /** @type {Error & { code: string }} */ (error);
    process.stdout.write(`${code} ${message}\n`);
  }
});
process.stdin.on('end', () => process.exit(0));
