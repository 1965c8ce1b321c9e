import type { Agent } from 'node:https';
import { codeOf } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';

/**
 * Posts JSON once and gives up after `timeoutMs`. Resolves with undefined where it was taken (2xx), else with why it
 * was not: a status or the code of an error, never the URL, which may hold a secret.
 */
export async function postJson(
  url: URL,
  body: unknown,
  options: { readonly timeoutMs: number; readonly agent?: Agent },
): Promise<string | undefined> {
  // most runs have no webhook, and the request path of the API loads its own
  const { got } = await import('got');
  const request = got.stream.post(url, {
    json: body,
    headers: { 'user-agent': `livedesk-sync/${VERSION}` },
    retry: { limit: 0 },
    // a notice may hold run directories and counts: it goes where the user said, or nowhere
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    timeout: { request: options.timeoutMs },
    ...(options.agent ? { agent: { https: options.agent } } : {}),
  });
  return await new Promise((resolve) => {
    const settle = (fault: string | undefined): void => {
      resolve(fault);
      request.destroy(); // what the answer says is of no use
    };
    request.on('response', ({ statusCode }: { statusCode: number }) =>
      settle(statusCode >= 200 && statusCode < 300 ? undefined : `status ${statusCode}`),
    );
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      settle('status 101');
    });
    request.on('error', (error) => settle(codeOf(error)));
  });
}
