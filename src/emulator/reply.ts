import type { Problem } from './validate.ts';

/** An answer before it is sent. */
export interface EmulatorReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** More headers, as name, value, name, value. */
  readonly headers?: readonly string[];
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer whose body is JSON text already. */
export function jsonText(status: number, body: string, headers?: readonly string[]): EmulatorReply {
  return headers ? { status, type: JSON_TYPE, body, headers } : { status, type: JSON_TYPE, body };
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers?: readonly string[]): EmulatorReply {
  return jsonText(status, JSON.stringify(body), headers);
}

export function plain(status: number, body: string, headers?: readonly string[]): EmulatorReply {
  const type = 'text/plain';
  return headers ? { status, type, body, headers } : { status, type, body };
}

export function html(
  status: number,
  title: string,
  body = `<center><h1>${title}</h1></center>`,
): EmulatorReply {
  const page = `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n${body}\n</body>\n</html>\n`;
  return { status, type: 'text/html', body: page };
}

/** Bodies as livedesk-api.md 5.6 lists them. */
export const NOT_FOUND = json(404, { error: 'Resource could not be found' });
export const NO_ROUTE = json(404, { status: 404, error: 'Not Found' });
export const METHOD_NOT_ALLOWED = json(405, { status: 405, error: 'Method Not Allowed' });
export const BAD_JSON = json(400, { status: 400, error: 'Bad Request' });
export const SERVER_ERROR = json(500, { status: 500, error: 'Internal Server Error' });
export const TOO_LARGE = html(413, '413 Request Entity Too Large');

/** How a contact that is not there is told: as upstream does, or as sister products do (livedesk-api.md 5.6, 4). */
export const NOT_FOUND_BODIES = ['error', 'code'] as const;
export type NotFoundBody = (typeof NOT_FOUND_BODIES)[number];

/** The answer for a contact that is not there. */
export function noContact(body: NotFoundBody): EmulatorReply {
  return body === 'error' ? NOT_FOUND : json(400, { code: 4001, message: 'Resource not found' });
}

export function missingParameter(name: string): EmulatorReply {
  return json(422, { error: `param is missing or the value is empty: ${name}` });
}

export function invalidRecord(problems: readonly Problem[]): EmulatorReply {
  return json(422, {
    message: problems.map((problem) => problem.message).join(', '),
    attributes: [...new Set(problems.map((problem) => problem.attribute))],
  });
}
