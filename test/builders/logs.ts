import { jest } from '@jest/globals';

let heard: string[] = [];

const isLogLine = (text: string): boolean => text.startsWith('{"') && text.endsWith('}\n');

/** Keeps the log lines of what is tested out of the test report. To be called before all tests of a file. */
export function silenceLogs(): void {
  process.env['POWERTOOLS_METRICS_NAMESPACE'] ??= 'AdvancedOrchestrator/test';
  for (const stream of [process.stdout, process.stderr]) {
    if (jest.isMockFunction(stream.write)) continue;
    const write = stream.write.bind(stream);
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      if (!isLogLine(String(chunk))) return write(chunk);
      heard.push(String(chunk));
      return true;
    });
  }
}

/** Runs something and answers the JSON lines that it logged meanwhile. Only in a file whose logs are silenced. */
export async function logged(run: () => Promise<unknown>): Promise<readonly Readonly<Record<string, unknown>>[]> {
  heard = [];
  await run();
  return heard.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
