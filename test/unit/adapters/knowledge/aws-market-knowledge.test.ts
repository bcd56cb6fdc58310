import { describe, expect, it } from '@jest/globals';
import { EC2Client } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { AwsMarketKnowledge } from '../../../../lambdas/adapters/knowledge/aws-market-knowledge.ts';
import { marketFacts } from '../../../../lambdas/adapters/knowledge/market-facts.ts';
import { likeQuestion } from '../../../../lambdas/adapters/knowledge/placement-scores.ts';
import type { PlacementScoreMemory } from '../../../../lambdas/adapters/knowledge/placement-score-memory.ts';
import { aDeployment, ManualClock, silentLog } from '../../../builders/capacity.ts';

const region = 'us-east-1';
const nobody = async (): Promise<never> => {
  throw new Error('nobody was to be asked');
};
const memory: PlacementScoreMemory = { recall: nobody, claim: nobody, remember: nobody, exhaust: nobody };
const ec2 = new EC2Client({ endpoint: 'http://127.0.0.1:9', region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });

const knowing = (fields: Partial<ConstructorParameters<typeof AwsMarketKnowledge>[0]> = {}): AwsMarketKnowledge =>
  new AwsMarketKnowledge({ ec2, facts: { read: nobody }, scores: memory, clock: new ManualClock(), deployment: aDeployment(), log: silentLog, ...fields });

describe('AwsMarketKnowledge', () => {
  it('looks at nothing for a job of one or two types: neither table nor EC2', async () => {
    for (const instanceTypes of [['m6i.large'], ['m6i.large', 'c6i.large'], ['m6i.large', 'c6i.large', 'c6i.large']]) {
      expect(await knowing().placementScores({ region, instanceTypes, count: 65 })).toEqual({ unknown: 'a placement score of fewer than 3 instance types says nothing' });
    }
  });

  it('does not ask what the deployment is not to ask', async () => {
    const deployment = aDeployment({ capacity: { spotAdvisorFeed: '', placementScoresPerDay: 0 } });
    const knowledge = knowing({ deployment });
    expect(await knowledge.placementScores({ region, instanceTypes: ['m6i.large', 'c6i.large', 'c5.large'], count: 4 })).toEqual({ unknown: 'this deployment does not ask for placement scores' });
    expect(await knowledge.interruptionBands(region)).toEqual({ unknown: 'this deployment reads no feed of the Spot Instance Advisor' });
  });

  it('goes without scores where the table cannot be read', async () => {
    expect(await knowing().placementScores({ region, instanceTypes: ['m6i.large', 'c6i.large', 'c5.large'], count: 4 })).toEqual({ unknown: 'Error: nobody was to be asked' });
  });

  it('shares one look at the facts between bands and quotas, asked for at the same time', async () => {
    let looks = 0;
    const clock = new ManualClock();
    const facts = { read: async () => {
      looks += 1;
      return marketFacts.parse({ region, bands: { good: { asOfMs: clock.now(), value: { 'm6i.large': 1 } } }, quotas: { good: { asOfMs: clock.now(), value: { 'P/spot': 96 } } } });
    } };
    const knowledge = knowing({ clock, facts });
    expect(await Promise.all([knowledge.interruptionBands(region), knowledge.accountQuotas(region), knowledge.accountQuotas(region)]))
      .toEqual([{ known: new Map([['m6i.large', '5-10%']]) }, { known: new Map([['P/spot', 96]]) }, { known: new Map([['P/spot', 96]]) }]);
    expect(looks).toBe(1);
  });

  it('does not take what is about another region for its own', async () => {
    const facts = { read: async () => marketFacts.parse({ region: 'eu-west-1', bands: {}, quotas: {} }) };
    expect(await knowing({ facts }).accountQuotas(region)).toEqual({ unknown: 'what was read is about eu-west-1' });
  });
});

describe('likeQuestion', () => {
  it('asks for no fewer machines than are wanted and for less than twice as many, whatever the order of types', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.array(fc.string()), (count, types) => {
      const like = likeQuestion({ region, instanceTypes: types, count });
      expect(like.count).toBeGreaterThanOrEqual(count);
      expect(like.count).toBeLessThan(2 * count);
      expect(likeQuestion({ region, instanceTypes: types.toReversed(), count: like.count })).toEqual(like);
    }));
  });
});
