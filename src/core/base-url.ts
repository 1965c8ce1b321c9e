import { RunError } from './errors.ts';

/** The base URL without a trailing slash. Plain `http:` is for loopback hosts only: Basic credentials travel in clear. */
export function checkBaseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new RunError(
      'ERR_BASE_URL',
      '--base-url is not a URL; write e.g. https://livedesk-api.engagelab.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new RunError(
      'ERR_BASE_URL',
      '--base-url must not hold credentials; set LIVEDESK_API_KEY and LIVEDESK_API_SECRET',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new RunError('ERR_BASE_URL', '--base-url must end with the path: no "?" and no "#"');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new RunError(
      'ERR_BASE_URL',
      `--base-url must begin with https: (plain http: would show the API key to the network; it is for loopback hosts only), not ${url.protocol}//${url.host}`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Where LiveDesk answers (livedesk-api.md 1). */
export const LIVEDESK_URL = 'https://livedesk-api.engagelab.com';
