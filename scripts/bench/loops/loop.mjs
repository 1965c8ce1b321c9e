// @ts-check
import { bodyOf } from '../input.mjs';

/**
 * Sends the bodies of rows 1 to N, so many at a time, and tells how long it took: what a loop is at its barest.
 * @param {(path: string, body: ReturnType<typeof bodyOf>) => Promise<number>} send Resolves with the status.
 */
export async function loop(send) {
  const rows = Number(process.argv[3]);
  const concurrency = Number(process.argv[4]);
  let next = 1;
  const work = async () => {
    while (next <= rows) {
      const row = next;
      next += 1;
      const status = await send(`/api/v2/accounts/contacts/${row}`, bodyOf(row));
      if (status !== 200) throw new Error(`status ${status}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

export const BASE_URL = process.argv[2] ?? '';
export const ROWS = Number(process.argv[3]);
export const CONCURRENCY = Number(process.argv[4]);
export const AUTHORIZATION = `Basic ${Buffer.from('demo-key:demo-secret').toString('base64')}`;
