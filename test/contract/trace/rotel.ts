import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { receivedSpans, type ReceivedSpan } from '../../../local/collector/received.ts';
import { collectorCommand, collectorProgram, sendTraces, takesTraces } from '../../../local/collector/rotel.ts';
import { freePort } from '../python-server.ts';

const PATIENCE_MS = 60_000;
const POLL_MS = 50;
const environment = resolve(process.env['ORCH_TEST_VENV'] ?? '.local/venv');

/** An OpenTelemetry collector that says what it received. */
export interface Collector {
  readonly url: string;
  /** Sends it OTLP; answers the status. */
  send(body: string): Promise<number>;
  /** What it has received, once it is so many spans. */
  spans(count: number): Promise<readonly ReceivedSpan[]>;
  stop(): Promise<void>;
}

/** Whether there is one for this Python. */
export function hasRotel(): boolean {
  return collectorProgram(environment) !== undefined;
}

/** Starts a collector on free ports of the loopback and waits until it receives. */
export async function startRotel(): Promise<Collector> {
  const port = await freePort();
  const { command, arguments: args } = collectorCommand(port, environment);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const exited = once(child, 'exit');
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (!isOver()) child.kill('SIGTERM');
    await exited;
  };
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + PATIENCE_MS; !(await holds()); await delay(POLL_MS)) {
      if (Date.now() > end || isOver()) throw new Error(`the collector did not do it: ${said.slice(-2_000)}`);
    }
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(() => takesTraces(url));
  } catch (error) {
    await stop();
    throw error;
  }
  const spans = async (count: number): Promise<readonly ReceivedSpan[]> => {
    await until(() => said.endsWith('\n') && receivedSpans(said).length >= count);
    return receivedSpans(said);
  };
  return { url, send: (body) => sendTraces(url, body), spans, stop };
}
