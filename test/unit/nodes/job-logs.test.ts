import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeSandbox, until, type LogCall } from './node-sandbox.ts';

const script = (text: string) => ({ action: { kind: 'script' as const, script: text } });
const MAX_EVENT_BYTES = 262_144 - 26;
const MAX_BATCH_BYTES = 1_048_576;

// Each test starts a dozen processes, on whatever machine.
jest.setTimeout(30_000);

describe('the output of a step in CloudWatch Logs', () => {
  let node: NodeSandbox;
  beforeEach(async () => {
    node = new NodeSandbox();
    await node.start();
  });
  afterEach(() => node.stop());

  it('is one event a line, in the stream of attempt and node, made when it is first needed', async () => {
    await node.run(script(`echo one; echo '  "two"\ttab'; printf 'no end'`)).done;
    expect(node.logCalls.map(({ operation, request }) => [operation, request.logStreamName])).toEqual([
      ['CreateLogStream', '01k0/1/head-0'],
      ['PutLogEvents', '01k0/1/head-0'],
    ]);
    expect(node.logged()).toEqual(['one', '  "two"\ttab', 'no end'].map((message) => ({ step: 'the step', message })));
  });

  it('is signed with the credentials of the instance', async () => {
    await node.run(script('echo "ünïcode"')).done;
    const call = node.logCalls.at(-1);
    expect(call?.headers['x-amz-security-token']).toBe('session');
    expect(call?.headers['authorization']).toBe(signatureOf(call));
  });

  it('has the second step of a node in the same stream, without making it again', async () => {
    await node.run(script('echo one')).done;
    await node.run({ ...script('echo two'), unit: 'orch-01k0-1-run-1', name: 'second' }).done;
    expect(node.logCalls.map(({ operation }) => operation)).toEqual(['CreateLogStream', 'PutLogEvents', 'PutLogEvents']);
    expect(node.logged().at(-1)).toEqual({ step: 'second', message: 'two' });
  });

  it('is not asked for by a step that says nothing', async () => {
    await node.run(script('true')).done;
    expect(node.logCalls).toEqual([]);
  });

  it('keeps text around bytes that are none', async () => {
    await node.run(script(String.raw`printf 'a\000\377\033[1mb\r\n\302\n'`)).done;
    expect(node.logged().map(({ message }) => message)).toEqual(['a\u0000\ufffd\u001b[1mb', '\ufffd']);
  });

  it('arrives while the step runs', async () => {
    const run = node.run(script('echo early; until [ -e go ]; do sleep 0.05; done; echo late'));
    await until('the first line is there', () => node.logged().length === 1);
    await node.run({ ...script('touch go'), unit: 'orch-01k0-1-postRun-0' }).done;
    await run.done;
    expect(node.logged().map(({ message }) => message)).toEqual(['early', 'late']);
  });

  it('stays within the sizes that the service takes, without losing a byte', async () => {
    await node.run(script(String.raw`head -c 300000 /dev/zero | tr '\0' '\001'; echo; yes "$(printf 'ü%.0s' {1..50})" | head -n 12000`)).done;
    const batches = node.logCalls.flatMap(({ request }) => (request.logEvents === undefined ? [] : [request.logEvents]));
    expect(batches.flat().every(({ message }) => Buffer.byteLength(message) <= MAX_EVENT_BYTES)).toBe(true);
    expect(batches.every((events) => events.length <= 10_000)).toBe(true);
    expect(batches.every((events) => events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0) <= MAX_BATCH_BYTES)).toBe(true);
    const times = batches.flat().map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const said = node.logged().map(({ message }) => message);
    expect(said.filter((text) => text.startsWith('\u0001')).join('')).toHaveLength(300_000);
    expect(said.filter((text) => text === 'ü'.repeat(50))).toHaveLength(12_000);
  });

  it('is sent again when the service was busy', async () => {
    node.logFailures.push({ status: 400, type: 'ThrottlingException' }, { status: 500, type: 'ServiceUnavailableException' });
    await node.run(script('echo one')).done;
    expect(node.logged().map(({ message }) => message)).toEqual(['one']);
  });

  it('may be lost without harm to the step', async () => {
    node.logFailures.push(...Array.from({ length: 100 }, () => ({ status: 400, type: 'AccessDeniedException' })));
    const { exitCode, stdout } = await node.run(script('echo one; exit 3')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'orchestrator: exited 3\none\n' });
    expect(node.logged()).toEqual([]);
  });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 of a call, worked out the long way from what the service received. */
function signatureOf(call: LogCall | undefined): string {
  const header = (name: string): string => String(call?.headers[name]);
  const names = ['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
  const date = header('x-amz-date');
  const scope = `${date.slice(0, 8)}/us-east-1/logs/aws4_request`;
  const canonical = ['POST', '/', '', ...names.map((name) => `${name}:${header(name)}`), '', names.join(';'), sha256(call?.body ?? '')].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((last, part) => hmac(last, part), 'AWS4secret');
  const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=AKIA/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}
