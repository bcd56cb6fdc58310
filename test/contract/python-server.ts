import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/ports.ts';
import { end, isOver } from './child-process.ts';
import { pythonWith } from './python.ts';

/** Less than the hooks may take that start servers. */
const START_TIMEOUT_MS = 60_000;
const ANSWER_MS = 5_000;
const POLL_MS = 100;
/** A port that was free may be somebody's before the server has it. */
const PORTS_TRIED = 3;

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
  const python = pythonWith(name);
  const { port, child } = await onFreePort(name, {
    spawn: (free) => spawn(python, args(free), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', ...env(free) },
    }),
    answers: (free) => fetch(`http://127.0.0.1:${free}${health}`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(({ ok }) => ok, () => false),
  });
  return { endpoint: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => end(child) };
}

/** A server to start. */
interface Server<T extends ChildProcess> {
  spawn(port: number): T;
  answers(port: number): Promise<boolean>;
}

/**
 * Starts a server on a free port of the loopback and waits until it answers; where it ends instead, on another.
 *
 * @throws with its last words on standard error, when it does not start; it does not run then.
 */
export async function onFreePort<T extends ChildProcess>(name: string, server: Server<T>): Promise<{ readonly port: number; readonly child: T }> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (let tries = PORTS_TRIED; ; tries -= 1) {
    const port = await freePort();
    const child = server.spawn(port);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    child.on('error', (error) => (said += error.message));
    while (Date.now() < until && !isOver(child)) {
      // Another may have been there before, and answer for it.
      if (await server.answers(port) && !isOver(child)) return { port, child };
      await delay(POLL_MS);
    }
    const ended = isOver(child);
    await end(child);
    if (!ended || tries <= 1) throw new Error(`${name} did not start: ${said}`);
  }
}
