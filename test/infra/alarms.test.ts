import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ofType, sourceRoot, synthesize } from './synthesize.ts';

const { resources } = synthesize();
const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const read = (file: string) => readFileSync(join(sourceRoot, file), 'utf8');

/** The number in a column of a table's row. */
function price(row: string, index: number): number {
  return Number(row.split('|')[index]?.replaceAll('*', '').trim().replace('–', '0'));
}

describe('alarms', () => {
  it('name a section of the runbook that is there, and every section has an alarm', () => {
    const headings = new Set([...read('docs/runbook/README.md').matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading));
    const sections = alarms.map((alarm) => /docs\/runbook\/README\.md#(\S+)$/.exec(String(alarm['AlarmDescription']))?.[1]);
    const told = ofType(resources, 'AWS::Events::Rule').map(([, rule]) => /README\.md#([a-z-]+)/.exec(JSON.stringify(rule))?.[1]);
    expect(new Set([...sections, ...told.filter((section) => section !== undefined)])).toEqual(headings);
  });

  it('tell the topic', () => {
    for (const alarm of alarms) expect(alarm['AlarmActions']).toEqual([{ Ref: expect.stringMatching(/^AlarmsTopic/) }]);
  });

  it('tell the topic at once when machines of a job stay', () => {
    const [[, rule] = []] = ofType(resources, 'AWS::Events::Rule').filter(([, { Properties }]) => JSON.stringify(Properties).includes('DESTRUCTION_FAILED'));
    expect(rule?.Properties).toMatchObject({
      EventBusName: { Ref: expect.stringMatching(/^Bus/) },
      EventPattern: { source: ['orchestrator'], detail: { to: ['DESTRUCTION_FAILED'] } },
      Targets: [{ Arn: { Ref: expect.stringMatching(/^AlarmsTopic/) } }],
    });
  });

  it('ring when what runs every minute falls silent', () => {
    const silent = alarms.filter((alarm) => alarm['TreatMissingData'] === 'breaching');
    expect(silent.map((alarm) => alarm['MetricName'])).toEqual(['Invocations', 'Invocations']);
  });

  it('tell an address or a topic that the deployment names', () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:oncall';
    expect(ofType(synthesize({ alarms: { email: 'oncall@example.com' } }).resources, 'AWS::SNS::Subscription')).toHaveLength(1);
    const shared = synthesize({ alarms: { topicArn } }).resources;
    expect(ofType(shared, 'AWS::SNS::Topic')).toEqual([]);
    expect(ofType(shared, 'AWS::CloudWatch::Alarm')[0]?.[1].Properties['AlarmActions']).toEqual([topicArn]);
  });

  it('cost what docs/cost.md says', () => {
    expect(read('docs/cost.md')).toContain(`${alarms.length} × 0.10`);
  });
});

describe('the list of fixed costs', () => {
  it('adds up', () => {
    const rows = read('docs/cost.md').split('## On request')[0]?.split('\n').filter((line) => line.startsWith('| ')) ?? [];
    const sums = rows.findIndex((row) => row.includes('**sum**'));
    for (const index of [2, 3]) {
      const total = rows.slice(1, sums).reduce((cents, row) => cents + Math.round(price(row, index) * 100), 0);
      expect(total).toBe(Math.round(price(rows[sums] ?? '', index) * 100));
    }
  });

  it('has what the template makes: gateways, addresses, endpoints', () => {
    const count = (of: typeof resources, type: string) => ofType(of, type).length;
    expect([count(resources, 'AWS::EC2::NatGateway'), count(resources, 'AWS::EC2::EIP'), count(resources, 'AWS::CloudWatch::Dashboard')]).toEqual([1, 1, 1]);
    const isolated = synthesize({ network: { kind: 'created', egress: 'endpoints' } }).resources;
    const interfaces = ofType(isolated, 'AWS::EC2::VPCEndpoint').filter(([, { Properties }]) => Properties['VpcEndpointType'] === 'Interface');
    expect(interfaces.map(([, { Properties }]) => (Properties['SubnetIds'] as unknown[]).length)).toEqual([3, 3, 3]);
  });
});
