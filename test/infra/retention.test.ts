import { describe, expect, it } from '@jest/globals';
import { ofType, synthesize } from './synthesize.ts';

/** Days for which logs are kept, by the beginning of the name of their construct. */
function days(configuration: unknown): (group: RegExp) => Set<unknown> {
  const { resources } = synthesize(configuration);
  return (group) => new Set(ofType(resources, 'AWS::Logs::LogGroup').filter(([id]) => group.test(id)).map(([, { Properties }]) => Properties['RetentionInDays']));
}

describe('logs', () => {
  it('are all kept for as long as the deployment says', () => {
    const kept = days({ logRetentionDays: 90, retentionDays: {} });
    expect(kept(/./)).toEqual(new Set([90]));
  });

  it('are kept by kind: of functions and machine, of the API, of jobs', () => {
    const kept = days({ retentionDays: { functions: 14, api: 365, jobs: 7 } });
    expect(kept(/^(ApiSubmitJob|LifecycleRunStep|SchedulingScheduleJobs|LifecycleMachine)Logs/)).toEqual(new Set([14]));
    expect(kept(/^ApiAccessLogs/)).toEqual(new Set([365]));
    expect(kept(/^NodesJobLogs/)).toEqual(new Set([7]));
    expect(kept(/^NodesNetwork/)).toEqual(new Set([30]));
  });
});
