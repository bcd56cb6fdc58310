import { describe, expect, it } from '@jest/globals';
import { checkLogPolicies, machineLogsPrefix } from '../../bin/preflight/check-log-policies.ts';
import type { Finding } from '../../bin/preflight/finding.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { ofType, synthesize } from './synthesize.ts';

const parse = (value: unknown) => parseConfiguration(value, 'test', 'us-east-1');
const notOk = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok').map(({ status, detail }) => `${status}: ${detail}`);

describe('resource policies of logs', () => {
  const delivery = 'AWSLogDeliveryWrite20150319';
  const traces = 'TransactionSearchXRayAccess';
  const configuration = parse({});
  const untraced = parse({ telemetry: { traces: false } });
  const policy = (principal: string, ...resources: readonly string[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: principal }, Action: 'logs:PutLogEvents', Resource: resources }] });
  const facts = (others: number, ...named: readonly (readonly [string, string])[]) =>
    ({ policies: new Map([...Array.from({ length: others }, (_, index) => [`of-others-${index}`, policy('route53.amazonaws.com', '*')] as const), ...named]), machineLogs: [] });
  const needs = (status: string, count: number, ...names: readonly string[]) =>
    [`${status}: ${count} of 10 resource policies of CloudWatch Logs are there, and a deployment needs ${names.join(' and ')} as well`];

  it.each([[8, []], [9, needs('fail', 9, 'orchestrator-audit', delivery)], [10, needs('fail', 10, 'orchestrator-audit', delivery)]])(
    'that are %i leave room, or what is missing is said: %j', (count, said) => expect(notOk(checkLogPolicies(untraced, facts(count)))).toEqual(said));

  it('leave room for the one that lets X-Ray write spans, or jobs run without traces', () => {
    expect(notOk(checkLogPolicies(configuration, facts(7)))).toEqual([]);
    expect(notOk(checkLogPolicies(configuration, facts(8)))).toEqual(needs('warn', 8, 'orchestrator-audit', delivery, traces));
    expect(notOk(checkLogPolicies(configuration, facts(9)))).toEqual(needs('fail', 9, 'orchestrator-audit', delivery, traces));
    expect(notOk(checkLogPolicies(parse({ telemetry: { otlpEndpoint: 'https://collector.example/' } }), facts(8)))).toEqual([]);
  });

  it.each([traces, 'of-the-console'])('need no room for X-Ray where it may write already, by %s', (name) => {
    const there = facts(7, [name, policy('xray.amazonaws.com', 'arn:aws:logs:us-east-1:111122223333:log-group:aws/spans:*')]);
    expect(notOk(checkLogPolicies(configuration, there))).toEqual([]);
  });

  it('are enough where those are there that the stack makes, however many others there are', () => {
    const { observability } = synthesize();
    const made = ofType(observability.resources, 'AWS::Logs::ResourcePolicy').map(([, { Properties }]) => [String(Properties['PolicyName']), '{}'] as const);
    expect(made.length).toBeGreaterThan(0);
    const there = facts(9 - made.length, ...made, [delivery, '{}']);
    expect(there.policies.size).toBe(10);
    expect(checkLogPolicies(untraced, there)).toEqual([{ status: 'ok', check: 'log policies', detail: '10 of 10 resource policies of CloudWatch Logs are there' }]);
  });

  describe('leave room in the one that all state machines share', () => {
    /** The log groups in the order in which CloudFormation has made them, the last of which is the deployment's own. */
    const { resources } = synthesize();
    const [[logicalId] = ['']] = ofType(resources, 'AWS::Logs::LogGroup').filter(([id]) => id.startsWith('LifecycleMachine'));
    const own = `orchestrator-${logicalId}-a1B2c3D4e5F6`;
    const arn = (group: string) => `arn:aws:logs:us-east-1:111122223333:log-group:${group}:log-stream:*`;
    const before = arn(`orchestrator-${logicalId}-0f1E2d3C4b5A`);
    /** The policy as long as it is to be. */
    const of = (length: number, ...named: readonly string[]) => {
      const short = policy('delivery.logs.amazonaws.com', ...named, arn(''));
      return policy('delivery.logs.amazonaws.com', ...named, arn('x'.repeat(length - short.length)));
    };
    const found = (document: string, machineLogs: readonly string[]) => notOk(checkLogPolicies(configuration, { ...facts(1, [delivery, document]), machineLogs }));
    const full = (length: number) => [expect.stringContaining(`warn: ${delivery} has ${length} of 5120 characters`)];

    it('unless it is nearly full', () => {
      expect(found(of(4820), [])).toEqual([]);
      expect(found(of(4821), [])).toEqual(full(4821));
      expect(found(of(4900), [own])).toEqual(full(4900));
    });

    it('or need none, where it names the log group of the deployment', () => {
      expect(own).toContain(machineLogsPrefix(configuration));
      expect(found(of(5100, arn(own)), [own])).toEqual([]);
    });

    it.each(['*', 'arn:aws:logs:us-east-1:111122223333:*', arn('*'), arn('orchestrator-*')])('or need none, where it names whatever there will be: %s', (resource) => {
      for (const groups of [[], [own]]) expect(found(of(5100, resource), groups)).toEqual([]);
    });

    it.each([
      ['that of a deployment before this one, of the same name', of(5100, before), [own]],
      ['that of a deployment that is gone, of the same name', of(5100, before), []],
      ['that of another deployment', of(5100, arn(own.replace('orchestrator', 'orchestrator-two')), arn('orchestrator-two-*')), [own]],
      ['what begins as its own does', of(5100, arn(`${own}-more`)), [own]],
      ['nothing, since it is no policy', ' '.repeat(5100), [own]],
      ['it to forbid it', of(5100, arn(own)).replace('Allow', 'Deny').padEnd(5100), [own]],
    ])('but not where it names %s', (_, document, groups) => {
      expect(found(document, groups)).toEqual(full(5100));
    });
  });
});
