import type { Server } from 'node:http';

const LISTEN_TRIES = 100;
const LISTEN_AGAIN_MS = 100;

/** Listens on 127.0.0.1, on any port for 0. A port of before may be in use for a moment, as the near end of somebody's connection: it is tried again. */
export async function listen(server: Server, port: number): Promise<void> {
  for (let tries = port === 0 ? 1 : LISTEN_TRIES; ; tries -= 1) {
    const refused = await tryToListen(server, port);
    if (refused === undefined) {
      return;
    }
    if (tries <= 1) {
      throw refused;
    }
    await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN_MS));
  }
}

/** Answers why the server does not listen. */
function tryToListen(server: Server, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', resolve);
      resolve(undefined);
    });
  });
}
