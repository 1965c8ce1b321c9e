import type { JsonObject } from '../../src/core/types.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';

export const CONTACTS = '/api/v2/accounts/contacts';

/** What came back; `json` is undefined when the body is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject | undefined;
}

/** One request with the demo credentials and a JSON body; a string is sent as it is. */
export async function call(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(emulator.url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Basic ${btoa('demo-key:demo-secret')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

/** A PATCH of one contact. */
export function patch(emulator: Emulator, id: number, body: unknown): Promise<Answer> {
  return call(emulator, 'PATCH', `${CONTACTS}/${id}`, body);
}

function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
