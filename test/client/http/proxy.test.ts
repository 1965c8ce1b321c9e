import { describe, expect, test, vi } from 'vitest';
import { findProxyAgent } from '../../../src/client/http/proxy.ts';

const API = 'https://livedesk.example';

/** The host of the proxy that would be used; the environment has these names and no other of the kind. */
async function proxyHost(env: Readonly<Record<string, string>>, url = API): Promise<string | undefined> {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, env[name]);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
  try {
    const found = await findProxyAgent(url, 4);
    found?.agent.destroy();
    return found?.host;
  } finally {
    vi.unstubAllEnvs();
  }
}

describe('the proxy', () => {
  test.each<[what: string, env: Record<string, string>, url: string, host: string | undefined]>([
    ['none is named', {}, API, undefined],
    ['one is named', { HTTPS_PROXY: 'http://proxy.example:3128' }, API, 'proxy.example:3128'],
    [
      'its credentials are not shown',
      { HTTPS_PROXY: 'http://hush:hidden@proxy.example:3128' },
      API,
      'proxy.example:3128',
    ],
    [
      'the host is excepted',
      { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'livedesk.example' },
      API,
      undefined,
    ],
    ['plain http', { HTTP_PROXY: 'http://proxy.example:3128' }, 'http://127.0.0.1:3000', undefined],
  ])('%s', async (_what, env, url, host) => {
    expect(await proxyHost(env, url)).toBe(host);
  });

  test('is no URL: exit 2, and its text is not repeated', async () => {
    const failure = proxyHost({ HTTPS_PROXY: 'http://hush:hidden@:::' });
    await expect(failure).rejects.toMatchObject({ code: 'ERR_PROXY', exitCode: 2 });
    await expect(failure).rejects.not.toThrow(/hidden/);
  });
});
