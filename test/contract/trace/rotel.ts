import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { receivedSpans, type ReceivedSpan } from '../../../local/collector/received.ts';
import { collectorCommand, collectorProgram, sendTraces, takesTraces } from '../../../local/collector/rotel.ts';
import { end, isOver } from '../child-process.ts';
import { onFreePort } from '../python-server.ts';

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
  let said = '';
  const { port, child } = await onFreePort('the collector', {
    spawn: (free) => {
      const { command, arguments: args } = collectorCommand(free, environment);
      const started = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [started.stdout, started.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { said += text; });
      return started;
    },
    answers: (free) => takesTraces(`http://127.0.0.1:${free}`),
  });
  const url = `http://127.0.0.1:${port}`;
  const spans = async (count: number): Promise<readonly ReceivedSpan[]> => {
    for (const last = Date.now() + PATIENCE_MS; !(said.endsWith('\n') && receivedSpans(said).length >= count); await delay(POLL_MS)) {
      if (Date.now() > last || isOver(child)) throw new Error(`the collector has not received ${count} spans: ${said.slice(-2_000)}`);
    }
    return receivedSpans(said);
  };
  return { url, send: (body) => sendTraces(url, body), spans, stop: () => end(child) };
}
