import { request as requestHttp } from 'node:http';
import { type Agent, request as requestHttps } from 'node:https';
import { codeOf } from '../core/errors.ts';

/**
 * Posts JSON once and gives up after `timeoutMs`. Resolves with undefined where it was taken (2xx), else with why it
 * was not: a status or the code of an error, never the URL, which may hold a secret.
 */
export function postJson(
  url: URL,
  body: unknown,
  options: { readonly timeoutMs: number; readonly agent?: Agent },
): Promise<string | undefined> {
  const text = JSON.stringify(body);
  const isPlain = url.protocol === 'http:';
  return new Promise((resolve) => {
    const request = (isPlain ? requestHttp : requestHttps)(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
        ...(options.agent && !isPlain ? { agent: options.agent } : {}),
      },
      (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        settle(statusCode >= 200 && statusCode < 300 ? undefined : `status ${statusCode}`);
      },
    );
    const timer = setTimeout(() => settle('ETIMEDOUT'), options.timeoutMs);
    const settle = (fault: string | undefined): void => {
      clearTimeout(timer);
      resolve(fault);
      request.destroy();
    };
    request.on('error', (error) => settle(codeOf(error)));
    request.end(text);
  });
}
