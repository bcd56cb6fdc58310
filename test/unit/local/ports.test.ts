import { describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import { freePort, isFree, preferPort } from '../../../local/ports.ts';

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return server;
}

describe('ports', () => {
  it('prefers the port asked for, and takes another when that is taken', async () => {
    const port = await freePort();
    expect(await preferPort(port)).toBe(port);

    const server = await listening(port);
    try {
      expect(await isFree(port)).toBe(false);
      expect(await preferPort(port)).not.toBe(port);
    } finally {
      server.close();
    }
  });
});
