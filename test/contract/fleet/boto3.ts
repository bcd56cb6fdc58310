import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { end } from '../child-process.ts';
import { pythonWith } from '../python.ts';

/** What boto3 made of an answer. */
interface Boto3Answer {
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly Code: string; readonly Message: string };
  /** What in the answer the service's own model does not know. */
  readonly oddities: readonly string[];
}

/** A Python process that calls by boto3. */
export interface Boto3 {
  /** One call at a time. @param operation as boto3 names its method */
  call(service: string, operation: string, parameters?: object): Promise<Boto3Answer>;
  close(): Promise<void>;
}

/** Starts boto3 against `endpoint`. */
export function startBoto3(endpoint: string): Boto3 {
  const child = spawn(pythonWith('boto3'), [join(import.meta.dirname, 'boto3_calls.py'), endpoint], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async call(service, operation, parameters = {}) {
      child.stdin.write(`${JSON.stringify({ service, operation, parameters })}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`boto3 ended in ${operation}`);
      const answer: Boto3Answer = JSON.parse(value);
      return answer;
    },
    close: () => end(child, () => void child.stdin.end()),
  };
}
