// @ts-check
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, middle, ratio } from '../figures.mjs';
import { measure, measureRun } from '../measure.mjs';
import { CERTIFICATE, startAnswerer } from '../servers.mjs';
import { finding } from '../table.mjs';

const CONCURRENCY = 50;
const GOT = fileURLToPath(new URL('../loops/got.mjs', import.meta.url));

/**
 * `--rate unlimited` over TLS, under an authority of its own, against a bare got loop: without a state and with one.
 * @param {import('../context.mjs').Context} context
 */
export async function tls(context) {
  const rows = context.isQuick ? 8_000 : 40_000;
  const file = context.contacts(rows);
  const server = await startAnswerer({ isTls: true });
  const env = { NODE_EXTRA_CA_CERTS: CERTIFICATE };
  try {
    const pace = ['--rate', 'unlimited', '--concurrency', `${CONCURRENCY}`];
    const args = [file, '-m', context.mappings.unique, '--base-url', server.url, ...pace];
    let states = 0;
    const rounds = await alternate(
      [
        { name: 'worker', run: async () => perRequest(await measureRun(args, { env }), rows) },
        {
          name: 'got',
          run: async () =>
            perRequest(await measure([GOT, server.url, `${rows}`, `${CONCURRENCY}`, file], { env }), rows),
        },
        {
          name: 'with state',
          run: async () => {
            states += 1;
            const state = join(context.dir, `tls-state-${states}`);
            const measured = await measureRun([...args, '--state', state], { env });
            rmSync(state, { recursive: true });
            return perRequest(measured, rows);
          },
        },
      ],
      context.isQuick ? 3 : 7,
    );
    const line = (/** @type {string} */ what, /** @type {string} */ name, /** @type {number} */ atLeast) => {
      const of = (/** @type {string} */ one) => `${one} ${Math.round(middle(rounds, one, 'perSecond'))}/s`;
      const value = ratio(rounds, name, 'got', 'perSecond');
      return finding(what, { value, atLeast, more: `${of(name)}, ${of('got')}` }, rounds);
    };
    return [
      line('over TLS, against a bare got loop, requests/s', 'worker', 1.6),
      line('  with a state that knows nothing yet, requests/s', 'with state', 1.3),
    ];
  } finally {
    await server.close();
  }
}

// --- internal ---

/** @param {import('../measure.mjs').Measured} measured @param {number} rows */
function perRequest({ wallMs, cpuMs }, rows) {
  return { perSecond: (rows * 1000) / wallMs, cpuUs: (cpuMs * 1000) / rows };
}
