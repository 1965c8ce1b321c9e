import { EXIT } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { printText } from '../../core/shown-text.ts';
import type { Command } from '../command.ts';
import { EMULATE_OPTIONS, emulatorOptions } from './emulate-options.ts';

/** `livedesk-sync emulate`: serves a LiveDesk until a signal, telling on stderr what it is asked. */
export const emulate: Command = {
  usage: 'emulate',
  describe: 'Serve a LiveDesk on this machine to rehearse against',
  options: EMULATE_OPTIONS,
  examples: [
    ['$0 emulate --contacts 5000 --limit 500/1s', 'a strict one with 5,000 contacts'],
    ['$0 emulate --latency 20-200ms --fault 500=2% --fault reset-after=1%', 'a slow and shaky one'],
  ],
  topics: ['rehearsal', 'options'],
  async run(args, host) {
    const { startEmulator } = await import('../../emulator/emulator.ts');
    const { RequestLines, statusesOf } = await import('../../emulator/request-lines.ts');
    const say = (text: string) => printText(host.stdout, `${text}\n`);
    const { clock } = host;
    const lines = new RequestLines((line) => printText(host.stderr, `${line}\n`));
    const options = await emulatorOptions(args, host);
    const emulator = await startEmulator(
      args['quiet'] ? options : { ...options, onRequest: (seen) => lines.add(seen, clock.monotonic()) },
    );
    say(welcome(emulator.url, args, host));
    await untilSignal(host, () => lines.tick(clock.monotonic()));
    lines.flush();
    const stats = emulator.stats();
    await emulator.close();
    say(
      `${stats.requests} requests: ${statusesOf(stats.byStatus)}; ${stats.writes} writes, ` +
        `${stats.throttled} throttled, busiest second ${stats.peakPerSecond}, ` +
        `at most ${stats.peakInFlight} in flight, ${stats.overlaps} overlapping for one contact`,
    );
    return EXIT.ok;
  },
};

/** Credentials that came from outside may be real ones and are not printed. */
function welcome(url: string, args: Readonly<Record<string, unknown>>, host: Host): string {
  const isOwn =
    ['api-key', 'api-secret'].some((name) => args[name] !== undefined) ||
    ['LIVEDESK_API_KEY', 'LIVEDESK_API_SECRET'].some((name) => host.env[name]);
  const credentials = isOwn
    ? ['  # LIVEDESK_API_KEY and LIVEDESK_API_SECRET as you gave them']
    : ['  export LIVEDESK_API_KEY=demo-key', '  export LIVEDESK_API_SECRET=demo-secret'];
  const first = Number(args['first-id']);
  const count = Number(args['contacts']);
  const contacts = count > 0 ? `contacts ${first} to ${first + count - 1}` : 'no contacts';
  return [
    `LiveDesk emulator on ${url} with ${contacts}`,
    '',
    'Send to it:',
    `  export LIVEDESK_BASE_URL=${url}`,
    ...credentials,
    'Look at it and switch it while it runs:',
    `  curl ${url}/_emulator/stats`,
    `  curl -d '{"down": true}' ${url}/_emulator/set`,
    `  curl ${url}/_emulator/     # everything there is`,
    '',
  ].join('\n');
}

/** Resolves at the first signal; calls `everySecond` until then. */
async function untilSignal(host: Host, everySecond: () => void): Promise<void> {
  const stop = new AbortController();
  const stopListening = host.onSignal(() => stop.abort());
  while (!stop.signal.aborted) {
    await host.clock.sleep(1000, stop.signal);
    everySecond();
  }
  stopListening();
}
