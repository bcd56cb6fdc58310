import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** A MiniStack of a test file's own. */
export interface MiniStack {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts MiniStack on a free port of the loopback, without IAM: contracts of adapters are about data, who may do what
 * is tested on the deployed template. The interpreter is `.local/venv`'s, or that of the environment's `ORCH_TEST_VENV`.
 */
export async function startMiniStack(): Promise<MiniStack> {
  const python = resolve(process.env['ORCH_TEST_VENV'] ?? '.local/venv', 'bin/python');
  if (!existsSync(python)) throw new Error(`There is no ${python}: run "npm run local -- up" once, or set ORCH_TEST_VENV.`);
  const port = await freePort();
  const child = spawn(python, ['-m', 'ministack.app'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1', IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
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
    throw new Error(`MiniStack did not start: ${said}`);
  }
  return { endpoint, pid: child.pid ?? 0, stop };
}

async function answers(endpoint: string, isOver: () => boolean): Promise<boolean> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && !isOver()) {
    const healthy = await fetch(`${endpoint}/_ministack/health`).then((response) => response.ok, () => false);
    if (healthy) return true;
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
