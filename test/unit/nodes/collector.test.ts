import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
    await run('true', { collector: { on: 'all', metricsNamespace: 'Ours/Nodes' } });
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
