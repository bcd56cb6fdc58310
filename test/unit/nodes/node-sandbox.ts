import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { instanceId } from '../../../core/job/ids.ts';
import type { StepPayload } from '../../../core/runtimes/step-payload.ts';
import { stepDocumentContent } from '../../../lib/nodes/step-document-content.ts';
import { eventually } from '../../../local/eventually.ts';

const here = import.meta.dirname;
const nodesFolder = join(here, '../../../nodes');
const roleName = 'job-node';

/** What the log service was sent, and how it answers next. */
export interface LogCall {
  readonly operation: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly request: { readonly logStreamName: string; readonly logEvents?: readonly { readonly timestamp: number; readonly message: string }[] };
}

/** A line as it is in the log. */
export interface LoggedLine {
  readonly step: string;
  readonly message: string;
  readonly overwrittenBytes?: number;
  readonly leftOutLines?: number;
  readonly leftOutBytes?: number;
  readonly lostLines?: number;
}

interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command, as the SSM agent has it. */
export interface Command {
  readonly done: Promise<CommandResult>;
  /** What the agent does when the command is over its time: kills it, not the unit. */
  kill(): void;
}

/**
 * A node without a cloud: the real step document run by `sh`, in a folder of its own, with stand-ins for systemd and
 * docker, and one HTTP server that is the metadata service, the step's URL and CloudWatch Logs.
 */
export class NodeSandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'node-'));
  /** Where the machine's stand-ins for programs are. */
  programs = join(here, 'stand-ins');
  readonly logCalls: LogCall[] = [];
  /** Answers of the log service to come, by status; then it accepts. */
  readonly logFailures: { status: number; type: string }[] = [];
  /** What it says of the next batches that it accepts. */
  readonly logAnswers: object[] = [];
  /** While there is one, the log service answers nothing. */
  #logsHang: Promise<void> | undefined;
  readonly #commands: ChildProcess[] = [];
  #payload: StepPayload | undefined;
  #streamExists = false;
  #port = 0;
  #server: Server | undefined;

  get units(): string {
    return join(this.root, 'units');
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    mkdirSync(this.units);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    const server = this.#server;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const command of this.#commands) command.kill('SIGKILL');
    for (const unit of this.begun()) this.killUnit(unit, 'SIGTERM');
    await new Promise((resolve) => {
      this.#server?.close(resolve);
      this.#server?.closeAllConnections();
    });
    // A program that a unit had begun may still write.
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  /** Runs the step document for a step, as the agent would. */
  run(step: Partial<StepPayload>, url = `${this.endpoint}/step?X-Amz-Signature=0a&x=1`): Command {
    const payload = { ...samplePayload, ...step };
    this.#payload = payload;
    const child = spawn('sh', ['-c', documentScript(payload.unit, url)], { env: this.#environment() });
    this.#commands.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    const done = new Promise<CommandResult>((resolve) => {
      child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
    });
    return { done, kill: () => void child.kill('SIGKILL') };
  }

  /** Names of the units that systemd was asked for and did not refuse. */
  begun(): readonly string[] {
    const file = join(this.units, 'begun');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  killUnit(unit: string, signal: NodeJS.Signals): void {
    const file = join(this.units, `${unit}.pid`);
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    // What 0 and 1 name are whole groups, that of this process among them.
    if (!(pid > 1)) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }

  text(...path: string[]): string {
    return readFileSync(join(this.root, ...path), 'utf8');
  }

  has(...path: string[]): boolean {
    return existsSync(join(this.root, ...path));
  }

  /** Writes a file of the machine. */
  put(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Lets the log service hang, until what this answers is called. */
  hangLogs(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#logsHang = promise;
    return () => {
      this.#logsHang = undefined;
      resolve();
    };
  }

  /** Lines that reached the log service, in order. */
  logged(): readonly LoggedLine[] {
    return this.logCalls.flatMap(({ request }) => request.logEvents ?? []).map(({ message }) => JSON.parse(message) as LoggedLine);
  }

  /** Bytes of them, as the service counts. */
  loggedBytes(): number {
    return this.logCalls.flatMap(({ request }) => request.logEvents ?? []).reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  }

  #environment(): Record<string, string> {
    return {
      PATH: `${this.programs}:/usr/bin:/bin:/usr/sbin:/sbin`,
      UNITS_DIR: this.units,
      ORCHESTRATOR_ROOT: this.root,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.endpoint,
      AWS_ENDPOINT_URL_LOGS: this.endpoint,
      AWS_SECRET_ACCESS_KEY: 'of the agent, not of the step',
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers['x-amz-target'] !== undefined) await this.#logsHang;
    // Nobody waits for this answer any more: the call counts as not made.
    if (request.socket.destroyed) return;
    const answer = this.#answer(request, Buffer.concat(chunks).toString());
    response.writeHead(answer.status).end(answer.body);
  }

  #answer(request: IncomingMessage, body: string): { status: number; body: string } {
    const url = request.url ?? '';
    if (url.startsWith('/step')) return { status: 200, body: JSON.stringify(this.#payload) };
    if (url.startsWith('/latest')) return metadata(request);
    const target = request.headers['x-amz-target'];
    if (request.method !== 'POST' || typeof target !== 'string') return { status: 404, body: '' };
    return this.#log({ operation: target.split('.')[1] ?? '', headers: request.headers, body, request: JSON.parse(body) as LogCall['request'] });
  }

  #log(call: LogCall): { status: number; body: string } {
    const failure = this.logFailures.shift();
    if (failure !== undefined) return { status: failure.status, body: JSON.stringify({ __type: failure.type }) };
    if (call.operation === 'CreateLogStream') this.#streamExists = true;
    if (!this.#streamExists) return { status: 400, body: JSON.stringify({ __type: 'ResourceNotFoundException', message: 'no such stream' }) };
    this.logCalls.push(call);
    return { status: 200, body: JSON.stringify((call.operation === 'PutLogEvents' ? this.logAnswers.shift() : undefined) ?? {}) };
  }
}

function metadata(request: IncomingMessage): { status: number; body: string } {
  if (request.url === '/latest/api/token') return request.method === 'PUT' ? { status: 200, body: 'token' } : { status: 405, body: '' };
  if (request.headers['x-aws-ec2-metadata-token'] !== 'token') return { status: 401, body: '' };
  switch (request.url) {
    case '/latest/meta-data/instance-id':
      return { status: 200, body: 'i-0a' };
    case '/latest/meta-data/iam/security-credentials/':
      return { status: 200, body: roleName };
    case `/latest/meta-data/iam/security-credentials/${roleName}`:
      return { status: 200, body: JSON.stringify({ AccessKeyId: 'AKIA', SecretAccessKey: 'secret', Token: 'session', Expiration: '2999-01-01T00:00:00Z' }) };
    default:
      return { status: 404, body: '' };
  }
}

/** The step of the head of two nodes; the sandbox is the head. */
export const samplePayload: StepPayload = {
  unit: 'orch-01k0-1-run-0',
  jobId: '01k0',
  attempt: 1,
  namespace: 'team-a',
  name: 'the step',
  action: { kind: 'script', script: 'true' },
  env: {},
  nodes: [
    { name: 'worker-0', rank: 1, pool: 'worker', instanceId: instanceId('i-0b'), zone: 'us-east-1b', address: '10.0.1.5' },
    { name: 'head-0', rank: 0, pool: 'head', instanceId: instanceId('i-0a'), zone: 'us-east-1a', address: '10.0.0.4' },
  ],
  stopFirst: [],
  logGroup: '/orchestrator/jobs',
  logBytes: 2 ** 29,
  region: 'us-east-1',
  traceparent: '00-0198000000000000000000000000000a-0000000102000000-01',
};

/** The document's script with its parameters put in, as the agent does it. */
function documentScript(unit: string, url: string): string {
  const content = stepDocumentContent((file) => readFileSync(join(nodesFolder, file), 'utf8')) as {
    parameters: Record<string, { allowedPattern: string }>;
    mainSteps: { inputs: { runCommand: string[] } }[];
  };
  const values: Record<string, string> = { Unit: unit, StepUrl: url };
  let script = content.mainSteps[0]?.inputs.runCommand.join('\n') ?? '';
  for (const [name, value] of Object.entries(values)) {
    if (!new RegExp(content.parameters[name]?.allowedPattern ?? '').test(value)) throw new Error(`SSM refuses ${name} ${value}`);
    script = script.replaceAll(`{{ ${name} }}`, value);
  }
  return script;
}

/** Waits until something is so: 20 seconds, where it is not told otherwise in fiftieths of a second. */
export async function until(what: string, isSo: () => boolean, tries = 1000): Promise<void> {
  await eventually(what, isSo, { timeoutMs: tries * 20, pollMs: 20 });
}
