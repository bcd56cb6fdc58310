import { beforeAll, describe, expect, it } from '@jest/globals';
import { logger } from '../../../lambdas/runtime/logger.ts';
import { logged, silenceLogs } from '../../builders/logs.ts';

const token = 'AQDEAAAAKgAAAAMAAAAA'.repeat(20);
const url = `https://bucket.s3.amazonaws.com/steps/a/1/run-0.json?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAQ3EGXAMPLE12345%2F20300101&X-Amz-Security-Token=IQoJb3%2Fx%3D&X-Amz-Signature=0a1b2c&x-id=GetObject`;
const secrets = [token, 'ASIAQ3EGXAMPLE12345', 'IQoJb3', '0a1b2c'];

/** What becomes of it on its way to the log. */
async function written(message: string, extra: Error | object): Promise<string> {
  const write = (): void => (extra instanceof Error ? logger.error(message, extra) : logger.error(message, { ...extra }));
  return JSON.stringify(await logged(async () => write()));
}

describe('the log of a function', () => {
  beforeAll(silenceLogs);

  it.each([
    ['in a message', `Value '${url}' at 'parameters' and ${token}`, {}],
    ['in what is thrown, and in its cause', 'Task failed', new Error(`Invalid Token: '${token}'`, { cause: new Error(`GET ${url} by ASIAQ3EGXAMPLE12345`) })],
    ['deep in what is told beside', 'Task failed', { request: { input: { parameters: { StepUrl: [url] }, token: 'short', taskToken: token } } }],
  ])('has no secret %s', async (_, message, extra) => {
    const text = await written(message, extra);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('short');
    expect(text).toContain('…');
  });

  it.each([
    ['{"SecretAccessKey":"wJalrXUt/K7"}', 'wJalr'], ['{"taskToken":"short", "jobId":"kept"}', 'short'], [String.raw`{\"taskToken\":\"short\"}`, 'short'],
    ['AWS_SECRET_ACCESS_KEY=abcdef', 'abcdef'], ['AWS_SESSION_TOKEN=abcdef and', 'abcdef'], ['x-amz-security-token: abcdef', 'abcdef'],
    ['next?url=https%3A%2F%2Fb%2F%3FX-Amz-Signature%3Dabcdef%26x-id%3DGetObject', 'abcdef'], ['X-Amz-Credential%253Dabcdef%2526x', 'abcdef'],
    ['Authorization: Bearer abcdef', 'abcdef'],
  ])('has no secret that text names: %s', async (text, secret) => {
    const line = await written(`before ${text}`, {});
    expect(line).not.toContain(secret);
    expect(line).toContain('before ');
    expect(line.includes('kept')).toBe(text.includes('kept'));
    expect(line.includes('GetObject')).toBe(text.includes('GetObject'));
  });

  it('has all else, also what EC2 says of a refusal for the operator to decode', async () => {
    const refusal = `You are not authorized: the task token is too old. Encoded authorization failure message: ${'aB3_'.repeat(100)}`;
    const [line] = await logged(async () => logger.error(refusal, { jobId: '01k0j3v9m2q8r4t6w8y0a2c4e6', nodes: 3, path: `/${'long/'.repeat(10)}`, tokens: 2 }));
    expect(line).toMatchObject({ message: refusal, jobId: '01k0j3v9m2q8r4t6w8y0a2c4e6', nodes: 3, path: `/${'long/'.repeat(10)}`, tokens: 2 });
  });
});
