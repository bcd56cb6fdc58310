import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pythonWith } from './python.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** A moto server of a test file's own. */
export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto's server, an emulator that nobody here has written, on a free port of the loopback. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child = spawn(pythonWith('moto'), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  if (!(await answers(endpoint, () => child.exitCode !== null))) {
    await stop();
    throw new Error(`moto did not start: ${said}`);
  }
  return { endpoint, stop };
}

async function answers(endpoint: string, isOver: () => boolean): Promise<boolean> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && !isOver()) {
    if (await fetch(`${endpoint}/moto-api/data.json`).then(({ ok }) => ok, () => false)) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
