import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { EC2Client } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { AwsMarketKnowledge } from '../../../../lambdas/adapters/knowledge/aws-market-knowledge.ts';
import { marketFacts } from '../../../../lambdas/adapters/knowledge/market-facts.ts';
import { likeQuestion } from '../../../../lambdas/adapters/knowledge/placement-scores.ts';
import type { AskedScores, PlacementScoreMemory } from '../../../../lambdas/adapters/knowledge/placement-score-memory.ts';
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

/** A client of an EC2 that says the same to everyone, and whether whoever asks may be called off. */
function ec2Saying(xml: string) {
  const mayBeCalledOff: boolean[] = [];
  const handle = async (_request: unknown, options?: { readonly abortSignal?: unknown }) => {
    mayBeCalledOff.push(options?.abortSignal !== undefined);
    return { response: { statusCode: 200, headers: {}, body: Readable.from([xml]) } };
  };
  const client = new EC2Client({ region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: { handle } });
  return { client, mayBeCalledOff };
}

describe('reservations', () => {
  const item = (id: string, more = ''): string =>
    `<item><capacityReservationId>${id}</capacityReservationId><instanceType>p5.48xlarge</instanceType><availabilityZone>us-east-1a</availabilityZone><availableInstanceCount>4</availableInstanceCount><totalInstanceCount>4</totalInstanceCount><instanceMatchCriteria>targeted</instanceMatchCriteria><instancePlatform>Linux/UNIX</instancePlatform><tenancy>default</tenancy>${more}</item>`;

  it.each([
    ['Capacity Blocks', '<reservationType>capacity-block</reservationType>'],
    ['interruptible ones', '<interruptible>true</interruptible>'],
    ['those in a placement group', '<placementGroupArn>arn:aws:ec2:us-east-1:1:placement-group/close</placementGroupArn>'],
    ['those on an Outpost', '<outpostArn>arn:aws:outposts:us-east-1:1:outpost/op-1</outpostArn>'],
    ['dedicated hardware', '<tenancy>dedicated</tenancy>'],
    ['other platforms', '<instancePlatform>Windows</instancePlatform>'],
  ])('leave out %s, which launches cannot use', async (_, more) => {
    const ordinary = item('cr-1', '<reservationType>default</reservationType><interruptible>false</interruptible>');
    const special = item('cr-2').replace(/<(tenancy|instancePlatform)>[^<]*<\/\1>/g, (field, name: string) => (more.includes(`<${name}>`) ? '' : field)).replace('</item>', `${more}</item>`);
    const { client } = ec2Saying(`<Answer><capacityReservationSet>${ordinary}${special}</capacityReservationSet></Answer>`);
    expect(await knowing({ ec2: client }).reservations(region, ['cr-1', 'cr-2'])).toMatchObject({ known: [expect.objectContaining({ reservationId: 'cr-1', available: 4 })] });
  });
});

describe('every question to EC2', () => {
  it('is called off when it takes too long, together with all that belongs to it', async () => {
    const { client, mayBeCalledOff } = ec2Saying('<Answer/>');
    const scores: PlacementScoreMemory = { recall: async () => undefined, claim: async () => 'ours', remember: async () => undefined, exhaust: nobody };
    const knowledge = knowing({ ec2: client, scores });
    await knowledge.reservations(region, ['cr-1']);
    await knowledge.freeAddresses(['subnet-a']);
    await knowledge.placementScores({ region, instanceTypes: ['m6i.large', 'c6i.large', 'c5.large'], count: 4 });
    expect(mayBeCalledOff).toEqual([true, true, true, true]);
  });
});

describe('placement scores that another function asks for', () => {
  const question = { region, instanceTypes: ['m6i.large', 'c6i.large', 'c5.large'], count: 4 };
  const { client } = ec2Saying('<Answer/>');

  it('are there as soon as it has its answer, and are no cause for a word in the log', async () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    let held: AskedScores | undefined;
    const scores: PlacementScoreMemory = { recall: async () => held, claim: async () => 'asked', remember: nobody, exhaust: nobody };
    const knowledge = knowing({ ec2: client, clock, scores, log: { info: () => undefined, warn: (message) => void warnings.push(message) } });
    expect(await knowledge.placementScores(question)).toEqual({ unknown: 'another function is asking EC2 just now' });
    held = { askedAtMs: clock.now() };
    clock.advance(2_000);
    expect(await knowledge.placementScores(question)).toEqual({ unknown: 'EC2 was asked a moment ago and has not answered' });
    held = { askedAtMs: clock.now(), answer: { atMs: clock.now(), scores: { 'us-east-1a': 9 } } };
    clock.advance(2_000);
    expect(await knowledge.placementScores(question)).toEqual({ known: new Map([['us-east-1a', 9]]) });
    expect(warnings).toEqual([]);
  });

  it('are remembered for whoever only looks, who asks nobody', async () => {
    const clock = new ManualClock();
    let held: AskedScores | undefined;
    const scores: PlacementScoreMemory = { recall: async () => held, claim: nobody, remember: nobody, exhaust: nobody };
    const knowledge = knowing({ clock, scores });
    expect(await knowledge.rememberedScores(question)).toEqual({ unknown: 'no launch has asked EC2 for them within a day' });
    held = { askedAtMs: clock.now(), answer: { atMs: clock.now(), scores: { 'us-east-1a': 9 } } };
    clock.advance(60_000);
    expect(await knowledge.rememberedScores(question)).toEqual({ known: new Map([['us-east-1a', 9]]) });
  });
});

describe('likeQuestion', () => {
  it('asks for no fewer machines than are wanted and for less than half as many more, whatever the order of types', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.array(fc.string()), (count, types) => {
      const like = likeQuestion({ region, instanceTypes: types, count });
      expect(like.count).toBeGreaterThanOrEqual(count);
      // EC2 bounds how many an account may ask about: 65 may pass where 128 does not.
      expect(like.count).toBeLessThan(1.5 * count + 0.5);
      expect(likeQuestion({ region, instanceTypes: types.toReversed(), count: like.count })).toEqual(like);
    }));
  });
});
