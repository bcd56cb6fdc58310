import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeSandbox, samplePayload, until } from './node-sandbox.ts';

// Each test starts a dozen processes, on whatever machine.
jest.setTimeout(60_000);

const script = (text: string) => ({ action: { kind: 'script' as const, script: text } });
const showExporter = 'env | grep ^OTEL_EXPORTER | sort; true';
const collector = { on: 'all', endpoint: 'http://internal-otlp-1.us-east-1.elb.amazonaws.com:4318' } as const;
/** The agent refuses it. */
const elsewhere = { on: 'all', endpoint: 'https://otlp.example.org' } as const;
const place = 'var/lib/orchestrator/telemetry';

interface Configuration {
  readonly receivers: Record<string, { readonly protocols: { readonly http: { readonly endpoint: string } } }>;
  readonly processors: Record<string, { readonly attributes: readonly { readonly key: string; readonly value: string; readonly action: string }[] }>;
  readonly exporters: Record<string, Record<string, unknown>>;
  readonly extensions: Record<string, unknown>;
  readonly service: { readonly pipelines: Record<string, { readonly processors: readonly string[]; readonly exporters: readonly string[] }> };
}

describe('a node with a collector', () => {
  let node: NodeSandbox;
  beforeEach(async () => {
    node = new NodeSandbox();
    await node.start();
  });
  afterEach(() => node.stop());

  const run = async (text: string, more: object = {}) => (await node.run({ ...script(text), collector, ...more }).done).stdout.split('\n').slice(1).filter((line) => line !== '');
  /** What the agent was told to do, by which file; questions are left out. */
  const told = (): readonly string[] => (node.has('units/agent/calls') ? node.text('units/agent/calls').trim().split('\n') : [])
    .filter((call) => call !== '-a status')
    .map((call) => call.replace('-a ', '').replace('-m ec2 -c ', '').replace(/file:\S*\//, ''));
  const started = () => until('the agent was started', () => told().some((call) => call.endsWith(' -s')));
  const givenUp = (why: string) => until('it is given up', () => node.has(place, 'log') && node.text(place, 'log').includes(why));
  const configuration = () => JSON.parse(node.text('units/agent/orchestrator.yaml')) as Configuration;
  const portOf = ({ receivers }: Configuration) => receivers['otlp/orchestrator']?.protocols.http.endpoint;

  it('has the agent started by its first step, and tells each step where it listens', async () => {
    const [endpoint, protocol] = await run(showExporter);
    const [, port = ''] = /^OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:(\d+)$/.exec(endpoint ?? '') ?? [];
    expect(protocol).toBe('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
    await started();
    expect(portOf(configuration())).toBe(`127.0.0.1:${port}`);
    expect(await run(showExporter, { unit: 'orch-01k0-1-run-1' })).toEqual([endpoint, protocol]);
    expect(node.begun().filter((unit) => unit === 'orch-collector')).toHaveLength(1);
    expect(told()).toEqual(['fetch-config orchestrator.json', 'append-config orchestrator.yaml -s']);
  });

  it('says whose telemetry it is, also where there is no collector', async () => {
    const resource = 'orchestrator.job.id=01k0,orchestrator.job.namespace=team-a,orchestrator.attempt=1,orchestrator.node.name=head-0,'
      + 'orchestrator.node.pool=head,cloud.availability_zone=us-east-1a,host.id=i-0a,service.namespace=team-a';
    expect(await run('echo "$OTEL_RESOURCE_ATTRIBUTES"')).toEqual([resource]);
    await started();
    const added = configuration().processors['resource/orchestrator']?.attributes ?? [];
    expect(added.map(({ key, value }) => `${key}=${value}`).join(',')).toBe(resource);
    expect(added.filter(({ action }) => action !== 'upsert').map(({ key }) => key)).toEqual(['service.namespace']);
    const bare = await node.run({ ...script('echo "$OTEL_RESOURCE_ATTRIBUTES"; env | grep -c ^OTEL_EXPORTER'), unit: 'orch-01k0-1-run-1' }).done;
    expect(bare.stdout.split('\n').slice(1, -1)).toEqual([resource, '0']);
  });

  it('lets what a manifest says be', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine:4317', OTEL_RESOURCE_ATTRIBUTES: 'service.name=mine' };
    expect(await run('env | grep ^OTEL | sort', { env })).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT=http://mine:4317', 'OTEL_RESOURCE_ATTRIBUTES=service.name=mine']);
  });

  it('asks programs for no more than is taken: traces, and metrics where the deployment takes them', async () => {
    const asked = (more: object) => run('env | grep -E "^OTEL_(LOGS|METRICS|TRACES)_EXPORTER=" | sort; true', more);
    expect(await asked({})).toEqual(['OTEL_LOGS_EXPORTER=none', 'OTEL_METRICS_EXPORTER=none']);
    await started();
    expect(Object.keys(configuration().service.pipelines)).toEqual(['traces/orchestrator']);
    let unit = 0;
    const more = (settings: object, env: object = {}) => asked({ collector: settings, env, unit: `orch-01k0-1-run-${unit += 1}` });
    expect(await more({ ...collector, programMetrics: true })).toEqual(['OTEL_LOGS_EXPORTER=none']);
    expect(await more(collector, { OTEL_METRICS_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'console' })).toEqual(['OTEL_LOGS_EXPORTER=console', 'OTEL_METRICS_EXPORTER=console']);
    expect(await more(elsewhere)).toEqual(['OTEL_LOGS_EXPORTER=none', 'OTEL_METRICS_EXPORTER=none']);
    expect(await more(collector, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine:4317' })).toEqual([]);
  });

  describe('whose image has no agent', () => {
    /** Installs it from its cache, as soon as that has it; the node is told `how` each call ends. */
    const dnf = (how: string) => `#!/bin/bash
printf '%s\n' "$*" >> "$UNITS_DIR/dnf"
case $* in *--downloadonly*) ${how} ;; *-C*) cp '${join(import.meta.dirname, 'stand-ins/amazon-cloudwatch-agent-ctl')}' "\${0%/*}/" ;; esac
`;
    const calls = () => (node.has('units/dnf') ? node.text('units/dnf').trim().split('\n') : []);
    beforeEach(() => {
      node.programs = join(node.root, 'programs');
      cpSync(join(import.meta.dirname, 'stand-ins'), node.programs, { recursive: true });
      rmSync(join(node.programs, 'amazon-cloudwatch-agent-ctl'));
    });

    it('has no collector, and nothing installed unasked', async () => {
      writeFileSync(join(node.programs, 'dnf'), dnf('true'), { mode: 0o755 });
      expect(await run(showExporter)).toEqual([]);
      expect([node.begun().includes('orch-collector'), calls()]).toEqual([false, []]);
    });

    it('has it installed where the deployment says so, beside its first step', async () => {
      writeFileSync(join(node.programs, 'dnf'), dnf('while [ ! -e "$UNITS_DIR/fetched" ]; do sleep 0.1; done'), { mode: 0o755 });
      const [endpoint] = await run(showExporter, { collector: { ...collector, install: true } });
      expect(endpoint).toContain('http://127.0.0.1:');
      expect(told()).toEqual([]);
      writeFileSync(join(node.units, 'fetched'), '');
      await started();
      expect(calls()).toEqual(['-qy install amazon-cloudwatch-agent --downloadonly', '-qy install amazon-cloudwatch-agent -C']);
      expect(told()).toEqual(['fetch-config orchestrator.json', 'append-config orchestrator.yaml -s']);
    });

    it('is given two minutes to fetch it, and installs it to the end', () => {
      const program = `import sys, collector
asked = []
def run(line, timeout, **_):
    asked.append((line[-1], timeout))
    return collector.subprocess.CompletedProcess(line, 0, b"")
collector.subprocess.run = run
collector._install(sys.argv[1])
print(asked)`;
      const path = ['telemetry', '.'].map((folder) => join(import.meta.dirname, '../../../nodes', folder)).join(':');
      const { stdout, stderr } = spawnSync('python3', ['-c', program, node.root], { env: { PATH: '/usr/bin:/bin', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: path }, encoding: 'utf8' });
      expect([stdout, stderr]).toEqual(["[('--downloadonly', 120), ('-C', None)]\n", '']);
    });

    it.each([['nothing to install it with', undefined], ['a repository without it', dnf('exit 1')]])('has none where there is %s, and says so', async (_, program) => {
      if (program !== undefined) writeFileSync(join(node.programs, 'dnf'), program, { mode: 0o755 });
      expect((await node.run({ ...script('exit 3'), collector: { ...collector, install: true } }).done).exitCode).toBe(3);
      await givenUp('could not be installed');
      expect(await run(showExporter, { collector: { ...collector, install: true }, unit: 'orch-01k0-1-run-1' })).toEqual([]);
    });
  });

  it('tells steps an endpoint that the agent does not send to, and leaves the agent alone', async () => {
    expect(await run(showExporter, { collector: elsewhere })).toEqual([`OTEL_EXPORTER_OTLP_ENDPOINT=${elsewhere.endpoint}`, 'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf']);
    expect(await run('echo "<${ORCH_OTLP_ENDPOINT-}>"', { collector: elsewhere, unit: 'orch-01k0-1-run-1' })).toEqual(['<>']);
    expect(node.begun()).not.toContain('orch-collector');
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine:4317' };
    expect(await run(showExporter, { collector: elsewhere, env, unit: 'orch-01k0-1-run-2' })).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT=http://mine:4317']);
  });

  it('has metrics of the node collected where steps send elsewhere themselves', async () => {
    const settings = { ...elsewhere, metricsNamespace: 'Ours/Nodes' };
    expect((await run(showExporter, { collector: settings }))[0]).toBe(`OTEL_EXPORTER_OTLP_ENDPOINT=${elsewhere.endpoint}`);
    await started();
    expect(told()).toEqual(['fetch-config orchestrator.json -s']);
    expect(node.has('units/agent/orchestrator.yaml')).toBe(false);
    expect((await run(showExporter, { collector: settings, unit: 'orch-01k0-1-run-1' }))[0]).toBe(`OTEL_EXPORTER_OTLP_ENDPOINT=${elsewhere.endpoint}`);
  });

  it('leaves the usual port to a collector that the job brings', async () => {
    expect((await run(showExporter))[0]).not.toMatch(/:4318$/);
  });

  it('is none of the head alone where that is asked for', async () => {
    const nodes = samplePayload.nodes.map((each) => ({ ...each, rank: 1 - each.rank }));
    expect(await run(showExporter, { collector: { ...collector, on: 'head' }, nodes })).toEqual([]);
    expect(node.begun()).not.toContain('orch-collector');
    expect(await run(showExporter, { collector: { ...collector, on: 'head' }, unit: 'orch-01k0-1-run-1' })).toHaveLength(2);
  });

  it('adds to an agent that the machine image runs, instead of ending what it does, and forgoes metrics of the node there', async () => {
    mkdirSync(join(node.units, 'agent'));
    writeFileSync(join(node.units, 'agent/status'), 'running');
    await run('true', { collector: { ...collector, metricsNamespace: 'Ours/Nodes' } });
    await started();
    expect(told()).toEqual(['append-config orchestrator.yaml -s']);
  });

  it('gives a machine image’s agent back what it had, where it does not start with ours', async () => {
    mkdirSync(join(node.units, 'agent'));
    writeFileSync(join(node.units, 'agent/status'), 'running');
    writeFileSync(join(node.units, 'agent-ends'), '');
    await run('true');
    await givenUp('does not start');
    expect(told()).toEqual(['append-config orchestrator.yaml -s', 'remove-config orchestrator.yaml -s']);
  });

  it('leaves an agent alone that is too old to send OTLP on', async () => {
    writeFileSync(join(node.units, 'agent-version'), '1.300065.1b1200');
    await run('true');
    await givenUp('too old');
    expect(told()).toEqual([]);
    expect(await run(showExporter, { unit: 'orch-01k0-1-run-1' })).toEqual([]);
  });

  it('sends to CloudWatch, signed, where no endpoint is named: each signal to its own, but no logs', async () => {
    await run('true', { collector: { on: 'all', metricsNamespace: 'Ours/Nodes', programMetrics: true } });
    await started();
    const { exporters, service } = configuration();
    expect(exporters['otlphttp/orchestrator-traces']).toMatchObject({
      traces_endpoint: 'https://xray.us-east-1.amazonaws.com/v1/traces', auth: { authenticator: 'sigv4auth/orchestrator-traces' },
      sending_queue: { queue_size: 64 }, retry_on_failure: { max_elapsed_time: '60s' },
    });
    expect(exporters['otlphttp/orchestrator-metrics']).toMatchObject({ metrics_endpoint: 'https://monitoring.us-east-1.amazonaws.com/v1/metrics' });
    expect(Object.entries(service.pipelines).map(([name, { processors, exporters: to }]) => [name, processors[0], to])).toEqual(
      ['traces', 'metrics'].map((signal) => [`${signal}/orchestrator`, 'memory_limiter/orchestrator', [`otlphttp/orchestrator-${signal}`]]));
    const { metrics } = JSON.parse(node.text('units/agent/orchestrator.json')) as { metrics: { namespace: string; metrics_collected: Record<string, { append_dimensions: unknown }> } };
    expect(metrics.namespace).toBe('Ours/Nodes');
    expect(metrics.metrics_collected['mem']).toEqual({ measurement: ['used_percent'], append_dimensions: { JobId: '01k0', Node: 'head-0' } });
    expect(metrics.metrics_collected['disk']?.append_dimensions).toEqual({ JobId: '01k0', Node: 'head-0' });
  });

  it.each(['agent-fails', 'agent-ends'])('tells steps no endpoint once it is known that the agent does not start, and fails none for it: %s', async (how) => {
    writeFileSync(join(node.units, how), '');
    expect((await node.run({ ...script('exit 3'), collector }).done).exitCode).toBe(3);
    await givenUp('does not start');
    expect(told().slice(-2)).toEqual(['stop', 'remove-config all']);
    expect(await run(showExporter, { unit: 'orch-01k0-1-run-1' })).toEqual([]);
  });

  it('does not wait for the agent', async () => {
    writeFileSync(join(node.units, 'agent-hangs'), '');
    const [endpoint] = await run(showExporter);
    expect(endpoint).toContain('http://127.0.0.1:');
    expect(node.has('units/agent/calls')).toBe(false);
    rmSync(join(node.units, 'agent-hangs'));
    await started();
  });

  it('runs steps where its folder cannot be written', async () => {
    mkdirSync(join(node.root, 'var/lib/orchestrator'), { recursive: true });
    writeFileSync(join(node.root, place), 'in the way');
    expect(await run(showExporter)).toEqual([]);
  });
});
