import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pythonWith } from './python.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** A server in Python that a test file has for itself. */
export interface PythonServer {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface ServerProgram {
  /** The package that has to be there. */
  readonly name: string;
  /** What Python is to run, on a port of the loopback. */
  readonly args: (port: number) => readonly string[];
  readonly env: (port: number) => Readonly<Record<string, string>>;
  /** A path that is answered once the server is up. */
  readonly health: string;
}

/** Starts a server on a free port of the loopback and waits until it answers. */
export async function startPythonServer({ name, args, env, health }: ServerProgram): Promise<PythonServer> {
  const port = await freePort();
  const child = spawn(pythonWith(name), args(port), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', ...env(port) },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  if (!(await answers(`${endpoint}${health}`, () => child.exitCode !== null))) {
    await stop();
    throw new Error(`${name} did not start: ${said}`);
  }
  return { endpoint, pid: child.pid ?? 0, stop };
}

async function answers(url: string, isOver: () => boolean): Promise<boolean> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && !isOver()) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
