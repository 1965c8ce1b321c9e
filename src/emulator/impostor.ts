import type { EmulatorReply } from './reply.ts';
import { html } from './reply.ts';

/** What may stand where the API should be: the login page of a proxy, a redirect to it, a web application. */
export const IMPOSTORS = ['login-page', 'redirect', 'spa'] as const;
export type Impostor = (typeof IMPOSTORS)[number];

const LOGIN_FORM =
  '<form method="post" action="/login"><input name="user"><input name="password" type="password"></form>';

/** The answer to every path and method. */
export function impostorReply(impostor: Impostor): EmulatorReply {
  switch (impostor) {
    case 'login-page':
      return html(200, 'Sign in to continue', LOGIN_FORM);
    case 'redirect':
      return { ...html(302, '302 Found'), headers: ['Location', '/login?return_to=%2F'] };
    case 'spa':
      return html(
        200,
        'LiveDesk',
        '<div id="app"></div><script type="module" src="/assets/index.js"></script>',
      );
  }
}
