import { describe, expect, it } from '@jest/globals';
import { coolingFor } from '../../../../core/capacity/cooling-for.ts';
import { cooldownOf } from '../../../../core/capacity/pauses.ts';
import { scopeKey, type Cooldown, type CooldownScope } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aDemand } from '../../../builders/scheduling.ts';

const market = { region: 'us-east-1', subnets: { 'us-east-1a': 'subnet-a', 'us-east-1b': 'subnet-b' } };
const cools = (scope: CooldownScope): Cooldown => ({ scope, code: 'X', failures: 1, sinceMs: epochMs(0), untilMs: epochMs(1) });
const offering = (instanceType: string, zone: string, on: 'spot' | 'on-demand' = 'spot'): CooldownScope => ({ kind: 'offering', offering: { instanceType, zone, market: on } });
const found = (demand: ReturnType<typeof aDemand>, ...scopes: CooldownScope[]) => coolingFor(demand, scopes.map(cools), market).map(({ scope }) => scopeKey(scope));

describe('what cools of a demand', () => {
  const demand = aDemand({ types: ['m6i.xlarge', 'c6i.large'], markets: ['spot'], zones: ['us-east-1a'] });

  it('is every scope that an offering of it lies in', () => {
    const scopes: CooldownScope[] = [
      offering('c6i.large', 'us-east-1a'), { kind: 'subnet', subnetId: 'subnet-a', zone: 'us-east-1a' },
      { kind: 'quota', family: 'Standard', region: 'us-east-1', market: 'spot' }, { kind: 'account', region: 'us-east-1' },
    ];
    expect(found(demand, ...scopes)).toEqual(scopes.map(scopeKey));
  });

  it('is no other type, zone, market or quota', () => {
    const others = [offering('r6i.large', 'us-east-1a'), offering('c6i.large', 'us-east-1b'), offering('c6i.large', 'us-east-1a', 'on-demand'), { kind: 'quota', family: 'P', region: 'us-east-1', market: 'spot' } as const];
    expect(found(demand, ...others)).toEqual([]);
  });

  it('is looked for in every zone of the deployment where the job names none', () => {
    const anywhere = aDemand({ types: ['c6i.large'], markets: ['spot'] });
    expect(found(anywhere, offering('c6i.large', 'us-east-1b'))).toHaveLength(1);
  });

  it('is what an operator holds back, too', () => {
    const pause = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ops', reason: 'price', atMs: epochMs(0) });
    expect(coolingFor(demand, [pause], market)).toEqual([pause]);
    expect(coolingFor(aDemand({ markets: ['on-demand'] }), [pause], market)).toEqual([]);
  });
});
