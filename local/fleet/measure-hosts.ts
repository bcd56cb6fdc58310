// How long hosts take to boot and how much memory they need, and that nothing of them is left; as root on Linux.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { CreateFleetCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateDocumentCommand, ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';

import { freePort } from '../ports.ts';
import { processesAt, tracesIn } from './leftovers.ts';

const POLL_MS = 20;
const PATIENCE_MS = 60_000;
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
let running: ChildProcess | undefined;
const count = Number(process.argv[2] ?? 65);
const hosts = process.argv[3] ?? 'namespaces';
const directory = mkdtempSync(join(tmpdir(), 'hosts-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const client = { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' } };
const ec2 = new EC2Client(client);
const ssm = new SSMClient(client);

try {
  await measure();
} finally {
  running?.kill('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const before = kernelMiB();
  const first = await startSimulator();
  await timed(`${count} of ${hosts} launched and registered`, async () => {
    await launch();
    await until(async () => (await registered()) === count);
  });
  await timed('a command on all of them', () => runOnAll('hostname'));
  await timed(`each reaches ${Math.min(count, 16)} others by name`, () => runOnAll(
    `test -e /run/fleet/network || exit 0; for name in $(awk '/ip-/ { print $2 }' /etc/hosts | head -16); do getent ahostsv4 $name >/dev/null || exit 1; done`,
  ));
  await delay(1000);
  const inside = processesAt(directory).filter(({ pid }) => pid !== first.pid);
  console.log(`memory: ${pssMiB(inside)} MiB of ${inside.length} processes, ${Math.round(kernelMiB() - before)} MiB more of the kernel’s (with all else that runs)`);
  await end(first, 'SIGKILL');
  const second = await timed('the simulator back after SIGKILL', startSimulator);
  await timed('a command on all of them', () => runOnAll('hostname'));
  await timed('ended by SIGTERM', () => end(second, 'SIGTERM'));
  await timed('nothing left', () => until(() => processesAt(directory).length === 0 && tracesIn(directory).length === 0));
}

async function startSimulator(): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [program, '--port', String(port), '--state', directory, '--hosts', hosts, '--speed', '1000'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running = child;
  await until(() => fetch(`${url}/_fleet/state`).then(({ ok }) => ok, () => false));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

async function launch(): Promise<void> {
  await ec2.send(new CreateFleetCommand({
    Type: 'instant',
    LaunchTemplateConfigs: [{
      LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
      Overrides: ZONES.map((AvailabilityZone) => ({ InstanceType: 'm6i.large', AvailabilityZone })),
    }],
    TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: 'on-demand' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'job', Value: 'measured' }] }],
  }));
}

async function registered(): Promise<number> {
  const state: { readonly instances: readonly { readonly registered?: unknown }[] } = JSON.parse(
    await (await fetch(`${url}/_fleet/state`)).text(),
  );
  return state.instances.filter((instance) => instance.registered === true).length;
}

async function runOnAll(script: string): Promise<void> {
  const name = `Step-${Date.now()}`;
  await ssm.send(new CreateDocumentCommand({
    Name: name,
    DocumentType: 'Command',
    Content: JSON.stringify({
      schemaVersion: '2.2',
      mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand: [script] } }],
    }),
  }));
  const { Command } = await ssm.send(new SendCommandCommand({
    DocumentName: name, Targets: [{ Key: 'tag:job', Values: ['measured'] }], MaxConcurrency: '100%', MaxErrors: '100%',
  }));
  let status = '';
  await until(async () => {
    const { Commands = [] } = await ssm.send(new ListCommandsCommand({ CommandId: Command?.CommandId }));
    status = Commands[0]?.StatusDetails ?? '';
    return !['', 'Pending', 'InProgress'].includes(status) && Commands[0]?.TargetCount === count;
  });
  if (status !== 'Success') {
    throw new Error(`The command ended as ${status}`);
  }
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(2)} s`);
  return result;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) {
      throw new Error(`Waited in vain for ${condition.toString()}`);
    }
    await delay(POLL_MS);
  }
}

/** Unevictable memory of the kernel. */
function kernelMiB(): number {
  const info = readFileSync('/proc/meminfo', 'utf8');
  const sizes = ['SUnreclaim', 'KernelStack', 'PageTables', 'Percpu'].map((name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(info)?.[1] ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** What processes need, shared pages divided among those that share them. */
function pssMiB(processes: readonly { readonly pid: number }[]): number {
  const sizes = processes
    .map(({ pid }) => `/proc/${pid}/smaps_rollup`)
    .filter((file) => existsSync(file))
    .map((file) => Number(/Pss:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024);
}
