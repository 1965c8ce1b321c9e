import type { Agent } from 'node:https';
import { getProxyForUrl } from 'proxy-from-env';
import { RunError } from '../../core/errors.ts';

/**
 * The agent for the proxy that `HTTPS_PROXY` and `NO_PROXY` name for a URL, or undefined. `host` is the proxy's
 * without its credentials, for logs.
 */
export async function findProxyAgent(
  baseUrl: string,
  concurrency: number,
): Promise<{ readonly agent: Agent; readonly host: string } | undefined> {
  if (!baseUrl.startsWith('https:')) return undefined; // plain http is for loopback hosts only
  const proxy = getProxyForUrl(baseUrl);
  if (!proxy) return undefined;
  let host: string;
  try {
    host = new URL(proxy).host;
  } catch {
    throw new RunError('ERR_PROXY', 'HTTPS_PROXY is not a URL; write e.g. http://proxy.example:3128');
  }
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(proxy, {
    keepAlive: true,
    maxSockets: concurrency,
    rejectUnauthorized: true, // of a proxy at https: too, whatever NODE_TLS_REJECT_UNAUTHORIZED says
  });
  return { agent: agent as unknown as Agent, host };
}
