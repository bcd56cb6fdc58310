import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment } from '../paths.ts';

/** Longest that whoever asks waits for the collector's answer. */
const answerMs = 5_000;
/** A request without a span. */
const nothing = '{"resourceSpans":[]}';

/** The program of rotel, an OpenTelemetry collector, in a Python environment; undefined where it has none: there are no wheels for Python 3.14 yet. */
export function collectorProgram(environment = pythonEnvironment): string | undefined {
  const libraries = join(environment, 'lib');
  const versions = existsSync(libraries) ? readdirSync(libraries) : [];
  return versions.map((version) => join(libraries, version, 'site-packages', 'rotel', 'rotel-agent')).find((file) => existsSync(file));
}

/** Whether this machine has a collector of OpenTelemetry. */
export function hasCollector(): boolean {
  return collectorProgram() !== undefined;
}

/**
 * How a collector is started that says on its output what it receives, for `receivedSpans`.
 *
 * @throws where there is none.
 */
export function collectorCommand(port: number, environment = pythonEnvironment): { readonly command: string; readonly arguments: string[] } {
  const command = collectorProgram(environment);
  if (command === undefined) throw new Error('There is no collector of OpenTelemetry for this Python.');
  return {
    command,
    arguments: [
      'start', '--exporter', 'blackhole', '--debug-log', 'traces', '--debug-log-verbosity', 'detailed',
      // It has no way to listen for OTLP over HTTP alone.
      '--otlp-http-endpoint', `127.0.0.1:${port}`, '--otlp-grpc-endpoint', '127.0.0.1:0',
    ],
  };
}

/** Sends traces as JSON; answers the status. */
export async function sendTraces(url: string, body: string): Promise<number> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(answerMs),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Whether a collector listens at the URL. */
export function takesTraces(url: string): Promise<boolean> {
  return sendTraces(url, nothing).then((status) => status === 200, () => false);
}
