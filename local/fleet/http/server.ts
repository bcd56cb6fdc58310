import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { ConnectionLost } from '../protocol/service-error.ts';
import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { IncomingRequest } from './caller.ts';
import type { Control } from './control.ts';
import { flatten, forward } from './forward.ts';
import { readBody } from './read-body.ts';
import type { Services } from './services.ts';

interface ServerParts {
  readonly services: Services;
  readonly control: Control;
  /** Where requests go that are not simulated; they are refused without. */
  readonly upstream?: string | undefined;
}

/** The server of the simulator: control, simulated actions, and everything else handed on. */
export function fleetServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    void serve(parts, request, response);
  });
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const incoming = await readRequest(request);
    const answer = await answerOf(parts, incoming);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } catch (error) {
    if (error instanceof ConnectionLost) {
      request.socket.destroy();
      return;
    }
    console.error('A request was not answered:', error);
    const { status, headers, body } = jsonAnswer(502, { message: String(error) });
    response.writeHead(status, headers).end(body);
  }
}

async function answerOf(parts: ServerParts, request: IncomingRequest): Promise<Answer> {
  if (request.path.startsWith('/_fleet/')) {
    return parts.control.answer(request);
  }
  const simulated = await parts.services.answer(request);
  if (simulated !== undefined) {
    return simulated;
  }
  if (parts.upstream === undefined) {
    return jsonAnswer(501, { __type: 'NotImplemented', message: 'The fleet simulator does not know this action and has no upstream' });
  }
  return parts.services.correct(request, await forward(parts.upstream, request));
}

async function readRequest(request: IncomingMessage): Promise<IncomingRequest> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  return {
    method: request.method ?? 'GET',
    path,
    query,
    headers: flatten(request.headers),
    body: await readBody(request),
  };
}
