import { describe, expect, it } from '@jest/globals';
import type { ProviderInstance } from '../../../../core/capacity/gang.ts';
import { epochMs, instanceId } from '../../../../core/job/ids.ts';
import { Destruction } from '../../../../lambdas/adapters/ec2/destruction.ts';

const [one, other] = [instanceId('i-1'), instanceId('i-2')];
const long = epochMs(3_600_000);
const an = (id: typeof one, state: ProviderInstance['state']): ProviderInstance => ({ instanceId: id, state, instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', launchedAtMs: epochMs(0) });
const doomed = [{ instanceId: one, launchedAtMs: epochMs(0) }];

describe('instances that are to go', () => {
  it('are gone when EC2 says that they go', () => {
    const destruction = new Destruction(doomed, false);
    expect(destruction.look([an(one, 'running')], long)).toEqual([one]);
    expect(destruction.look([an(one, 'shutting-down')], long)).toEqual([]);
    expect(destruction.look([], long)).toEqual([]);
  });

  it('are not gone because one look does not show them', () => {
    const destruction = new Destruction(doomed, false);
    expect(destruction.look([], long)).toEqual([one]);
    expect(destruction.look([an(one, 'running')], long)).toEqual([one]);
    expect(destruction.look([], long)).toEqual([one]);
    expect(destruction.look([], long)).toEqual([]);
  });

  it('are waited for while they are new', () => {
    const destruction = new Destruction(doomed, false);
    for (let looks = 0; looks < 3; looks++) expect(destruction.look([], epochMs(200_000))).toEqual([one]);
    expect(destruction.look([], epochMs(300_000))).toEqual([]);
  });

  it('are all that is seen, where all is to go', () => {
    const destruction = new Destruction(doomed, true);
    expect(destruction.look([an(one, 'running'), an(other, 'stopped')], long)).toEqual([one, other]);
    expect(destruction.look([an(one, 'terminated')], long)).toEqual([other]);
    expect(destruction.look([an(other, 'terminated')], long)).toEqual([]);
    expect(new Destruction(doomed, false).look([an(other, 'running'), an(one, 'terminated')], long)).toEqual([]);
  });
});
