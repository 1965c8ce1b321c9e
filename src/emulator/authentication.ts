import type { EmulatorReply } from './reply.ts';
import { json } from './reply.ts';

/** Shapes of the 401 body; LiveDesk's own is not documented (livedesk-api.md 6.2). */
export const AUTH_BODIES = ['error', 'errors', 'code', 'empty'] as const;
export type AuthBody = (typeof AUTH_BODIES)[number];

const REFUSALS: Readonly<Record<AuthBody, EmulatorReply>> = {
  error: json(401, { error: 'Invalid Access Token' }),
  errors: json(401, { errors: ['You need to sign in or sign up before continuing.'] }),
  code: json(401, { code: 2001, message: 'Authentication failed' }),
  empty: {
    status: 401,
    type: 'text/plain',
    body: '',
    headers: ['WWW-Authenticate', 'Basic realm="LiveDesk"'],
  },
};

/** Makes the check of the Authorization header: undefined lets pass, else the answer. */
export function basicAuthentication(apiKey: string, apiSecret: string) {
  const credentials = `${apiKey}:${apiSecret}`;
  const usual = `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
  return (header: string | undefined, body: AuthBody): EmulatorReply | undefined => {
    if (header === usual) return undefined;
    const [scheme = '', token = ''] = (header ?? '').split(' ');
    const isRight =
      scheme.toLowerCase() === 'basic' && Buffer.from(token, 'base64').toString('utf8') === credentials;
    return isRight ? undefined : REFUSALS[body];
  };
}
