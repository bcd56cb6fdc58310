import { describe, expect, it } from '@jest/globals';
import { besides, replacementGroups } from '../../../../core/capacity/replacement.ts';
import { microUsd } from '../../../../core/job/ids.ts';
import { aGang, aPool } from '../../../builders/capacity.ts';
import { aNode } from '../../../builders/nodes.ts';

const pools = [aPool({ pool: 'head', count: 1, purchaseOption: 'OnDemand' }), aPool({ count: 4, purchaseOption: 'OnDemand', instanceTypes: ['c6i.large', 'm6i.large'] })];

describe('nodes that are replaced', () => {
  it('come in groups of a pool and zone, each of which is sought in its zone first and then where the job may stand', () => {
    const nodes = [aNode(3), aNode(1), aNode(2, { zone: 'us-east-1b' })];
    const groups = replacementGroups(aGang({ pools, spread: 'Prefer' }), nodes);
    expect(groups.map(({ nodes: of, gangs }) => [of.map(({ rank }) => rank), gangs.map(({ zones, spread, pools: [pool] }) => [zones, spread, pool?.count])])).toEqual([
      [[1, 3], [[['us-east-1a'], 'Single', 2], [[], 'Prefer', 2]]],
      [[2], [[['us-east-1b'], 'Single', 1], [[], 'Prefer', 1]]],
    ]);
  });

  it('are sought last where machines were taken back, if they may be of the Spot market', () => {
    const spot = [aPool({ count: 2, purchaseOption: 'Spot' })];
    const [group] = replacementGroups(aGang({ pools: spot, spread: 'Prefer' }), [aNode(1)]);
    expect(group?.gangs.map(({ spread, despiteReclaims }) => [spread, despiteReclaims])).toEqual([['Single', undefined], ['Prefer', undefined], ['Single', true]]);
  });

  it('may cost what is left of the ceiling', () => {
    const gang = aGang({ maxMicroUsdPerHour: microUsd(300_000) });
    expect(besides(gang, [aNode(0), aNode(1)]).maxMicroUsdPerHour).toBe(300_000 - 2 * aNode(0).microUsdPerHour);
    expect(besides(gang, [aNode(0), aNode(1), aNode(2), aNode(3)]).maxMicroUsdPerHour).toBe(0);
    expect(besides(aGang(), [aNode(0)])).toEqual(aGang());
  });

  it('stay in their zone where the whole job must, and of their type where a pool is of one', () => {
    const [group] = replacementGroups(aGang({ pools: [aPool({ mix: 'Same', purchaseOption: 'OnDemand', instanceTypes: ['c6i.large', 'm6i.large'] })], spread: 'Single' }), [aNode(1)]);
    expect(group?.gangs.map(({ zones, pools: [pool] }) => [zones, pool?.instanceTypes])).toEqual([[['us-east-1a'], ['m6i.large']]]);
  });
});
