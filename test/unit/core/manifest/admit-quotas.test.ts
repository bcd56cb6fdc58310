import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkQuotas } from '../../../../core/manifest/admit-quotas.ts';
import type { NodePool } from '../../../../core/manifest/schema.ts';
import type { AccountQuotas } from '../../../../core/ports/market-knowledge.ts';
import { manifest } from './definitions.ts';

const vcpus: Readonly<Record<string, number>> = { 'm6i.large': 2, 'm6i.xlarge': 4, 'p4d.24xlarge': 96, 'g5.xlarge': 4 };
const quotas = (entries: Readonly<Record<string, number>>): AccountQuotas => new Map(Object.entries(entries) as [`${string}/spot`, number][]);
const pools = (...asked: readonly object[]): readonly NodePool[] =>
  manifest({ nodePools: asked.map((each, index) => ({ name: `pool-${index}`, count: 1, instanceType: 'm6i.large', ...each })) }).spec.nodePools;
const check = (asked: readonly NodePool[], known: AccountQuotas) => checkQuotas(asked, (type) => vcpus[type], known);

describe('checkQuotas', () => {
  it('names the quota, its size, what is asked, and how many would fit', () => {
    expect(check(pools({}, { instanceType: 'p4d.24xlarge', count: 10, purchaseOption: 'Spot' }), quotas({ 'Standard/on-demand': 64, 'P/spot': 400, 'P/on-demand': 9600 }))).toEqual([{
      code: 'limit-exceeded', path: ['spec', 'nodePools', 1, 'count'], value: 10, suggestion: '4',
      message: 'asks for 10 nodes of 96 vCPUs or more; the account’s quotas hold at most 4, even with nothing else running: 400 vCPUs of P on Spot',
    }]);
  });

  it('says that there is no quota for a family at all', () => {
    expect(check(pools({ instanceType: 'p4d.24xlarge' }), quotas({ 'P/on-demand': 0 }))).toEqual([expect.objectContaining({
      value: 1, message: 'asks for 1 node of 96 vCPUs or more; the account’s quotas hold not even one of them, even with nothing else running: 0 vCPUs of P on demand',
    })]);
  });

  it('counts every market and family that a pool may use, and with mix Same one family', () => {
    const known = quotas({ 'Standard/spot': 8, 'Standard/on-demand': 4, 'G and VT/spot': 8, 'G and VT/on-demand': 0 });
    const mixed = { instanceType: ['m6i.large', 'g5.xlarge'], purchaseOption: 'SpotPreferred' };
    expect(check(pools({ ...mixed, count: 8 }), known)).toEqual([]);
    expect(check(pools({ ...mixed, count: 9 }), known)).toMatchObject([{ suggestion: '8' }]);
    expect(check(pools({ ...mixed, count: 7, mix: 'Same' }), known)).toMatchObject([{ suggestion: '6' }]);
  });

  it('refuses pools that fit alone and not together', () => {
    const known = quotas({ 'Standard/on-demand': 10, 'P/on-demand': 96 });
    expect(check(pools({ count: 3 }, { count: 2 }, { instanceType: 'p4d.24xlarge' }), known)).toEqual([]);
    expect(check(pools({ count: 3 }, { count: 3 }, { instanceType: 'p4d.24xlarge' }), known)).toEqual([{
      code: 'limit-exceeded', path: ['spec', 'nodePools'], value: 12,
      message: 'pools pool-0, pool-1 ask for 12 vCPUs or more together; the account’s quotas hold 10, even with nothing else running: 10 vCPUs of Standard on demand',
    }]);
  });

  it('refuses nothing for want of knowledge', () => {
    expect(check(pools({ count: 1000, purchaseOption: 'SpotPreferred' }), quotas({ 'Standard/spot': 1 }))).toEqual([]);
    expect(check(pools({ instanceType: 'x9.huge', count: 1000 }), quotas({ 'Standard/on-demand': 1 }))).toEqual([]);
    expect(check(pools({ count: 1000 }), new Map())).toEqual([]);
  });

  it('never refuses what could be placed within the quotas', () => {
    const placement = fc.record({ type: fc.constantFrom('m6i.large', 'm6i.xlarge', 'p4d.24xlarge', 'g5.xlarge'), market: fc.constantFrom('spot', 'on-demand') });
    fc.assert(fc.property(fc.array(fc.array(placement, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }), (placed) => {
      const used = new Map<string, number>(['Standard', 'P', 'G and VT'].flatMap((family) => [[`${family}/spot`, 0], [`${family}/on-demand`, 0]] as const));
      const families: Readonly<Record<string, string>> = { m: 'Standard', p: 'P', g: 'G and VT' };
      for (const { type, market } of placed.flat()) {
        const key = `${families[type.slice(0, 1)]}/${market}`;
        used.set(key, (used.get(key) ?? 0) + (vcpus[type] ?? 0));
      }
      const asked = pools(...placed.map((nodes) => ({ count: nodes.length, instanceType: [...new Set(nodes.map(({ type }) => type))], purchaseOption: 'SpotPreferred' })));
      expect(check(asked, quotas(Object.fromEntries(used)))).toEqual([]);
    }));
  });
});
