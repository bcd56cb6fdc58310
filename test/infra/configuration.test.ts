import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NEVER_SECONDS } from '../../core/metrics/of-end.ts';
import { nodeCollector } from '../../core/runtimes/telemetry.ts';
import { bundledConstants, fixedDeployment } from '../../lib/configuration/deployment-environment.ts';
import { parseConfiguration, readConfiguration } from '../../lib/configuration/load.ts';
import { zonesOf } from '../../lib/configuration/network.ts';
import { configurationJsonSchema, configurationReference } from '../../lib/configuration/reference.ts';
import { sourceRoot } from './synthesize.ts';

const read = (file: string) => readFileSync(join(sourceRoot, file), 'utf8');
const parse = (value: unknown) => parseConfiguration(value, 'deployment.json', 'eu-central-1');

describe('the configuration', () => {
  it('needs nothing: an empty file is a deployment in the region of the profile', () => {
    const configuration = parse({});
    expect(configuration).toMatchObject({ name: 'orchestrator', region: 'eu-central-1', namespaces: { '*': { readBuckets: [] } } });
    expect(zonesOf(configuration.network, configuration.region)).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
  });

  it.each(['deployment.example.json', 'local/deployment.json'])('%s is one', (file) => {
    expect(readConfiguration(join(sourceRoot, file), undefined).region).toBe('us-east-1');
  });

  it.each([
    [{ nmae: 'x' }, 'Unrecognized key: "nmae"'],
    [{ name: 'Upper Case' }, 'at name'],
    [{ network: { kind: 'created', zones: ['somewhere'] } }, 'at network.zones[0]'],
    [{ network: { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', subnets: {} } }, 'at least one zone'],
    [{ namespaces: {} }, 'at least one namespace'],
    [{ namespaces: { 'Not a label': {} } }, 'namespaces'],
    [{ machineImages: { gpu: { x86_64: 'ami-0123456789abcdef0' } } }, 'an image named default'],
    [{ machineImages: { default: {} } }, 'at least one architecture'],
    [{ intervals: { cooldownMaximum: 601 } }, 'at intervals.cooldownMaximum'],
    [{ logRetentionDays: 31 }, 'at logRetentionDays'],
    [{ logLevel: 'WARN' }, 'no alarm rings'],
    [{ telemetry: { objectives: { capacityMinutes: { low: NEVER_SECONDS / 60 } } } }, 'at telemetry.objectives.capacityMinutes.low'],
    [{ storage: ['Lustre'] }, 'at storage[0]'],
    [{ storage: ['EFS', 'EFS'] }, 'no type twice'],
    [{ telemetry: { costLabel: { key: 'team', values: ['fold', 'Zürich'] } } }, 'at telemetry.costLabel.values[1]'],
    [{ telemetry: { costLabel: { key: 'team', values: ['  '] } } }, 'at telemetry.costLabel.values[0]'],
    ['text', 'expected object'],
  ])('%j is refused with its place: %s', (value, words) => {
    expect(() => parse(value)).toThrow(words);
  });

  it('that is not there or not JSON is named', () => {
    expect(() => readConfiguration('no/such.json', 'us-east-1')).toThrow('no/such.json cannot be read');
    expect(() => readConfiguration(join(sourceRoot, 'LICENSE'), 'us-east-1')).toThrow('LICENSE cannot be read');
  });

  it('has to name a region where the profile has none', () => {
    expect(() => parseConfiguration({}, 'deployment.json', undefined)).toThrow('set "region"');
  });

  it('is documented as it is', () => {
    expect(read('docs/configuration.md')).toBe(configurationReference());
    expect(JSON.parse(read('docs/deployment.schema.json'))).toEqual(configurationJsonSchema());
  });
});

describe('what functions get of it', () => {
  const configuration = parse({ imageAliases: { tool: 'registry.example.com/tool:1' } });

  it('is in the bundle where it is known at synthesis', () => {
    expect(JSON.parse(bundledConstants(configuration, sourceRoot)['process.env.ORCH_DEPLOYMENT'] ?? '')).toEqual(fixedDeployment(configuration));
    expect(fixedDeployment(configuration).imageAliases).toMatchObject({ tool: 'registry.example.com/tool:1' });
    expect(fixedDeployment(configuration)).not.toHaveProperty('storageTypes');
    expect(fixedDeployment(parse({ storage: ['EFS'] })).storageTypes).toEqual(['EFS']);
  });

  it('says where nodes send what their jobs tell', () => {
    const otlpEndpoint = 'https://otlp.example.org';
    expect(nodeCollector(fixedDeployment(parse({ telemetry: { otlpEndpoint, nodeMetrics: false } })))).toEqual({ on: 'all', endpoint: otlpEndpoint });
    expect(nodeCollector(fixedDeployment(parse({ name: 'mine' })))).toEqual({ on: 'all', metricsNamespace: 'AdvancedOrchestrator/mine/Nodes' });
    expect(nodeCollector(fixedDeployment(parse({ telemetry: { nodeMetrics: false, programMetrics: true, installCollector: true } })))).toEqual({ on: 'all', programMetrics: true, install: true });
    expect(nodeCollector(fixedDeployment(parse({ telemetry: { otlpEndpoint, collector: 'none' } })))).toBeUndefined();
  });
});
