import { describe, expect, it } from '@jest/globals';
import { AUDITED } from '../../core/audit/audited-events.ts';
import { eventTypes } from '../../core/job/event-types.ts';
import { ofType, synthesize } from './synthesize.ts';

const auditGroups = (configuration: unknown) =>
  ofType(synthesize(configuration).observability.resources, 'AWS::Logs::LogGroup').filter(([id]) => id.startsWith('Audit'));

describe('the log of the audit', () => {
  const { resources } = synthesize().observability;
  const rules = ofType(resources, 'AWS::Events::Rule').filter(([id]) => id.startsWith('Audit'));

  it('is kept for a year, or as the configuration says, and in production outlives the stack', () => {
    expect(auditGroups({})).toMatchObject([[expect.anything(), { DeletionPolicy: 'Delete', Properties: { LogGroupName: expect.anything(), RetentionInDays: 365 } }]]);
    expect(auditGroups({ production: true, retentionDays: { audit: 3653 } })).toMatchObject([[expect.anything(), { DeletionPolicy: 'RetainExceptOnCreate', Properties: { RetentionInDays: 3653 } }]]);
    expect(JSON.stringify(auditGroups({}))).toMatch(/\/aws\/events\/orchestrator\/audit-.*AWS::StackId/);
  });

  it('has what somebody asked for, and nothing that happens by itself', () => {
    const pattern = { source: ['orchestrator'], 'detail-type': ['JobSubmitted', 'PriorityChanged', 'CancelRequested', 'ReleaseRequested', 'Audited'] };
    expect(rules).toMatchObject([[expect.anything(), { Properties: { EventPattern: pattern, EventBusName: expect.anything() } }]]);
    // A kind of entry that is new has to be told apart here.
    const byItself = [
      'StateChanged', 'LaunchTried', 'GangReleased', 'Parked', 'TurnGiven', 'CapacityAcquired', 'NodeReplaced', 'NodeSpared', 'NodesOnline', 'StepStarted',
      'StepFinished', 'NodeInterrupted', 'NodeLost', 'RuntimeSubstituted', 'AttemptRetried', 'NodesGone', 'Reconciled',
    ];
    expect([...pattern['detail-type'].filter((type) => type !== AUDITED), ...byItself].toSorted()).toEqual(eventTypes.toSorted());
  });

  it('tells somebody of what is not written', () => {
    const [, { Properties }] = ofType(resources, 'AWS::CloudWatch::Alarm').find(([id]) => id.includes('AuditNotWritten')) ?? ['', { Properties: {} }];
    const [rule] = rules.map(([, { Properties: of }]) => of);
    expect(Properties).toMatchObject({ MetricName: 'FailedInvocations', Dimensions: [{ Name: 'EventBusName', Value: rule?.['EventBusName'] }, { Name: 'RuleName', Value: rule?.['Name'] }] });
  });

  it('is written by its rule alone, through the log group’s own permission and without a role', () => {
    const [target] = rules.flatMap(([, { Properties }]) => Properties['Targets'] as readonly Record<string, unknown>[]);
    expect(target).toEqual({ Id: 'Log', Arn: expect.anything() });
    expect(JSON.stringify(target)).toMatch(/:log-group:/);
    const policies = ofType(resources, 'AWS::Logs::ResourcePolicy').map(([, { Properties }]) => JSON.stringify(Properties));
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatch(/events\.amazonaws\.com.*delivery\.logs\.amazonaws\.com/);
    const [, making = '', writing = ''] = /Statement(.*)logs:CreateLogStream(.*logs:PutLogEvents.*)/.exec(policies[0] ?? '') ?? [];
    expect([making, writing].map((text) => (text.match(/aws:SourceArn/g) ?? []).length)).toEqual([0, 1]);
    expect(writing).toMatch(/ArnEquals.*aws:SourceArn.*AuditRule/);
    expect(policies[0]).not.toContain('"*\\"');
  });
});
