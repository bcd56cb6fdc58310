import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
    expect(node.logged().map(({ message }) => message)).toEqual(['one', '  "two"\ttab', 'no end']);
  });

  it('says of each line what it is of, in few bytes', async () => {
    await node.run(script('echo one')).done;
    expect(node.logged()).toEqual([{
      jobId: '01k0', attempt: 1, namespace: 'team-a', node: 'head-0', step: 'the step', traceId: '0198000000000000000000000000000a', spanId: '0000000102000000', message: 'one',
    }]);
    expect(node.loggedBytes()).toBeLessThan(250);
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
    expect(node.logged().at(-1)).toMatchObject({ step: 'second', message: 'two' });
  });

  it('is not asked for by a step that says nothing', async () => {
    await node.run(script('true')).done;
    expect(node.logCalls).toEqual([]);
  });

  it('keeps text around bytes that are none', async () => {
    await node.run(script(String.raw`printf 'a\000\377\033[1mb\r\n\302\n'`)).done;
    expect(node.logged().map(({ message }) => message)).toEqual(['a\u0000\ufffd\u001b[1mb', '\ufffd']);
  });

  it('has each line of a program that writes no text', async () => {
    const { exitCode } = await node.run(script(String.raw`head -c 300000 /dev/urandom | tr -d '\r' | tee bytes`)).done;
    const written = readFileSync(join(node.root, 'data/bytes'));
    const lines: string[] = [];
    for (let at = 0; at < written.length;) {
      const end = written.indexOf('\n', at);
      lines.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(written.subarray(at, end === -1 ? undefined : end)));
      at = end === -1 ? written.length : end + 1;
    }
    expect(exitCode).toBe(0);
    expect(node.logged().map(({ message }) => message)).toEqual(lines);
  });

  it('shows of what overwrites itself what is seen for a while, and counts the rest', async () => {
    await node.run(script(String.raw`printf ' 1%%\r 2%%\r'; printf ' 3%%\r'; printf '\n'; printf '10%%\r20%%\rdone\r\nnext\n'`)).done;
    expect(node.logged().map(({ message, overwrittenBytes = 0 }) => [message, overwrittenBytes])).toEqual([[' 1%', 0], [' 3%', 3], ['done', 6], ['next', 0]]);
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

  it('is counted where the service takes a batch never, or not all of it', async () => {
    node.logFailures.push({ status: 400, type: 'InvalidParameterException' });
    node.logAnswers.push({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 } });
    const wait = (n: number): string => `until [ -e go${n} ]; do sleep 0.05; done`;
    const run = node.run(script(`echo one; ${wait(1)}; echo two; ${wait(2)}; echo three`));
    await until('a batch was refused', () => node.logFailures.length === 0);
    await node.run({ ...script('touch go1'), unit: 'orch-01k0-1-postRun-0' }).done;
    await until('another was taken in part', () => node.logAnswers.length === 0);
    await node.run({ ...script('touch go2'), unit: 'orch-01k0-1-postRun-1' }).done;
    await run.done;
    const told = node.logged().map(({ message, lostLines = 0 }) => (lostLines === 0 ? message : lostLines));
    // The notice was among what was not taken: another comes when something was.
    expect(told).toEqual([1, 'two', 'three', 2]);
  });

  it('is told of as lost only once where the service takes the notice neither, and then by the next step', async () => {
    // As where the clock of the machine is wrong.
    node.logAnswers.push(...Array.from({ length: 50 }, () => ({ rejectedLogEventsInfo: { tooNewLogEventStartIndex: 0 } })));
    await node.run(script('echo one; echo two')).done;
    expect(node.logCalls.filter(({ operation }) => operation === 'PutLogEvents')).toHaveLength(2);
    node.logAnswers.length = 0;
    node.logCalls.length = 0;
    await node.run({ ...script('echo three'), unit: 'orch-01k0-1-run-1' }).done;
    expect(node.logged().map(({ message, lostLines = 0 }) => (lostLines === 0 ? message : lostLines))).toEqual([2, 'three']);
  });

  it('fails no step by what is noted of it', async () => {
    const steps = join(node.root, 'var/lib/orchestrator/steps');
    for (const [unit, account] of [['orch-01k0-1-configure-0', '{"bytes": 5}'], ['orch-01k0-1-configure-1', '[1]']] as const) {
      mkdirSync(join(steps, unit), { recursive: true });
      writeFileSync(join(steps, unit, 'logged.json'), account);
    }
    // Nothing can be written there.
    mkdirSync(join(steps, 'orch-01k0-1-run-0/logged.json.new'), { recursive: true });
    const { exitCode, stdout } = await node.run(script('echo one')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'orchestrator: exited 0\none\n' });
    expect(node.logged().map(({ message }) => message)).toEqual(['one']);
  });

  it('may be lost without harm to the step, and the next one that can be shipped tells of it', async () => {
    node.logFailures.push(...Array.from({ length: 100 }, () => ({ status: 400, type: 'AccessDeniedException' })));
    const { exitCode, stdout } = await node.run(script('echo one; exit 3')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'orchestrator: exited 3\none\n' });
    expect(node.logged()).toEqual([]);
    node.logFailures.length = 0;
    for (const [index, text] of ['two', 'three'].entries()) await node.run({ ...script(`echo ${text}`), unit: `orch-01k0-1-postRun-${index}` }).done;
    expect(node.logged().map(({ message }) => message)).toEqual([expect.stringContaining(' 1 lines of orch-01k0-1-run-0 were lost'), 'two', 'three']);
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
