import { appendFileSync, readFileSync } from 'node:fs';
import { search } from '@aws-lambda-powertools/jmespath';

/**
 * The command `aws` for a shell that a test runs: it notes how it was called, answers from a file by service and operation, one
 * answer after the other, the last again and again, and picks and prints as the real one does (`--query`, `--output text`).
 */
const { AWS_ANSWERS = '', AWS_CALLS = '' } = process.env;
const called = process.argv.slice(2);
const [service = '', operation = ''] = called;
const before = readFileSync(AWS_CALLS, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as string[]);
appendFileSync(AWS_CALLS, `${JSON.stringify(called)}\n`);

const answers = (JSON.parse(readFileSync(AWS_ANSWERS, 'utf8')) as Readonly<Record<string, readonly unknown[]>>)[`${service} ${operation}`] ?? [];
const earlier = before.filter((call) => call[0] === service && call[1] === operation).length;
const answer = answers[Math.min(earlier, answers.length - 1)];
const picked: unknown = search(called[called.indexOf('--query') + 1] ?? '', answer as Parameters<typeof search>[1]);
process.stdout.write(`${asText(picked).join('\n')}\n`);

/** A line for a value, for a list of values, or for each list in a list; nothing is `None`. */
function asText(value: unknown): string[] {
  if (!Array.isArray(value)) return [plain(value)];
  if (value.some((each) => Array.isArray(each))) return value.flatMap(asText);
  return value.length === 0 ? [] : [value.map(plain).join('\t')];
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
