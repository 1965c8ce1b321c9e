import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Contact } from './contact.ts';
import { readBody, send, sendHalf } from './exchange.ts';
import type { LiveDesk, Visit } from './live-desk.ts';
import { TOO_LARGE } from './reply.ts';
import type { ResponseEnding } from './response-ending.ts';
import { endingAfter, endingBefore, HANG_UP, replyWith } from './response-ending.ts';

/** Serves one request of the API: admit, read, wait, answer, with whatever fault befalls it on the way. */
export function serve(desk: LiveDesk, request: IncomingMessage, response: ServerResponse): void {
  const visit = desk.arrive(request.method ?? '', request.url ?? '/');
  const act = (text: string | undefined) => {
    const end = (ending: ResponseEnding) =>
      perform(ending, response, (status) => desk.end(visit, status, text ?? ''));
    const early = endingBeforeApi(desk, visit, text);
    if (early) end(early);
    else answer(desk, visit, request, text ?? '', end);
  };
  readBody(request, {
    done(text) {
      if (visit.waitMs === 0) act(text);
      else void desk.clock.sleep(visit.waitMs).then(() => act(text));
    },
    broken: () => desk.end(visit, 0, ''),
  });
}

function endingBeforeApi(desk: LiveDesk, visit: Visit, text: string | undefined): ResponseEnding | undefined {
  const { admission } = visit;
  // it went down while this request waited
  if (desk.switches.down) return HANG_UP;
  if (text === undefined) return replyWith(TOO_LARGE);
  return admission.kind === 'admitted' ? endingBefore(admission.fault) : replyWith(admission.reply);
}

function answer(
  desk: LiveDesk,
  visit: Visit,
  request: IncomingMessage,
  text: string,
  end: (ending: ResponseEnding) => void,
): void {
  const { authorization, 'content-type': type } = request.headers;
  const fault = visit.admission.kind === 'admitted' ? visit.admission.fault : undefined;
  // Rails reads no parameters from a body that does not say it is JSON
  const body = type?.includes('json') ? text : '';
  const finish = (read?: Contact) => end(endingAfter(fault, desk.answer(visit, authorization, body, read)));
  const { writeDelayMs } = desk.switches;
  if (writeDelayMs === 0) {
    finish();
    return;
  }
  const read = desk.read(visit);
  void desk.clock.sleep(writeDelayMs).then(() => finish(read));
}

function perform(ending: ResponseEnding, response: ServerResponse, end: (status: number) => void): void {
  switch (ending.how) {
    case 'reply':
      send(response, ending.reply);
      end(ending.reply.status);
      break;
    case 'half':
      sendHalf(response, ending.reply);
      end(0);
      break;
    case 'hang':
      response.once('close', () => end(0));
      break;
    case 'hang-up':
      response.destroy();
      end(0);
      break;
  }
}
