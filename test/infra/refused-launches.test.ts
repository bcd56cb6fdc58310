import { describe, expect, it } from '@jest/globals';
import { LAUNCH_REFUSED } from '../../core/capacity/refused-launch.ts';
import { grantsOf } from './policies.ts';
import { ofType, synthesize } from './synthesize.ts';

const { resources } = synthesize();
const filters = ofType(resources, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
const [alarm] = ofType(resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties).filter(({ MetricName }) => MetricName === 'LaunchesRefused');

/** Names of the functions whose log group a filter reads. */
const read = filters.map((filter) => /"Ref":"(\w+?)Logs[0-9A-F]{8}"/.exec(JSON.stringify(filter['LogGroupName']))?.[1]).toSorted();

describe('the alarm for refused launches', () => {
  it('counts what every function that may launch says of a refusal, but for rehearsals', () => {
    const launchers = grantsOf(resources).filter(({ actions }) => actions.includes('ec2:CreateFleet')).map(({ policy }) => policy.replace(/RoleDefaultPolicy\w+$/, ''));
    expect(launchers).not.toEqual([]);
    expect(read).toEqual([...new Set(launchers)].toSorted());
    for (const filter of filters) {
      expect(filter).toMatchObject({
        FilterPattern: `{ ($.message = "${LAUNCH_REFUSED}") && (($.provider NOT EXISTS) || ($.provider != "simulated")) }`,
        MetricTransformations: [{ MetricNamespace: alarm?.['Namespace'], MetricName: 'LaunchesRefused', MetricValue: '1' }],
      });
    }
  });

  it('rings at the first, once for as many as there are', () => {
    expect(alarm).toMatchObject({ Namespace: 'AdvancedOrchestrator/orchestrator', Statistic: 'Sum', Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
  });
});
