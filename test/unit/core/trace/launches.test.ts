import { describe, expect, it } from '@jest/globals';
import type { LaunchRecord } from '../../../../core/capacity/gang.ts';
import { epochMs, instanceId, jobId } from '../../../../core/job/ids.ts';
import { launchesOf, tellLaunch } from '../../../../core/trace/launches.ts';

const offering = { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'spot' } as const;
const record: LaunchRecord = {
  jobId: jobId('01hjob0000000000000000000a'), attempt: 1, ordinal: 3, pool: 'workers', count: 4, minimum: 1, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'],
  clientToken: 'token', requestedAtMs: epochMs(1_000),
};
const result = { launched: [{ ...offering, instanceId: instanceId('i-1') }], unavailable: [1, 2].map(() => ({ offering, code: 'InsufficientInstanceCapacity', message: 'none' })) };
const told = { ordinal: 3, pool: 'workers', asked: 4, launched: 0, market: 'spot', types: ['c6i.large'], zones: ['us-east-1a'], codes: [], atMs: 1_000 };

describe('what the history tells of a launch', () => {
  it('is what it got, and how long that took', () => {
    expect(tellLaunch({ ...record, answeredAtMs: epochMs(1_400), result })).toEqual({ ...told, launched: 1, codes: ['InsufficientInstanceCapacity'], tookMs: 400 });
  });

  it('is no time where no call was made for it, and none is known where no answer came', () => {
    const rejected = { code: 'InvalidAMIID.NotFound', message: 'There is none.' };
    expect(tellLaunch({ ...record, result: { launched: [], unavailable: [], rejected } })).toEqual({ ...told, tookMs: 0, refused: 'InvalidAMIID.NotFound' });
    expect(tellLaunch(record)).toEqual(told);
  });

  it('is read again as it was told', () => {
    const launches = [tellLaunch(record), tellLaunch({ ...record, answeredAtMs: epochMs(1_400), result })];
    expect(launchesOf(JSON.parse(JSON.stringify({ launches })))).toEqual(launches);
    expect([undefined, {}, { launches: 'x' }, { launches: [null, [], 'x', { ordinal: -1 }] }].flatMap(launchesOf)).toEqual([]);
  });
});
