import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseScenario } from '../../../local/fleet/market/scenario.ts';
import { interruptionBands } from '../../../lambdas/adapters/knowledge/market-facts.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { aDeployment } from '../../builders/capacity.ts';
import { AwsWorld } from './aws-world.ts';
import { marketKnowledgeContract, type Market } from './market-knowledge.contract.ts';

jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const { region, subnets } = aDeployment();
const actions = ['DescribeSubnets', 'DescribeCapacityReservations', 'DescribeAvailabilityZones', 'GetSpotPlacementScores', 'ListServiceQuotas'];

async function tell(world: AwsWorld, { bands, quotas, reservations }: Market): Promise<void> {
  const { faults, market } = world.cloud.simulator.context;
  faults.remove();
  market.reopen(parseScenario({
    interruptionBands: Object.fromEntries(Object.entries(bands).map(([type, band]) => [type, interruptionBands.indexOf(band)])),
    quotas: { 'L-1216C47A': quotas.standardOnDemand, 'L-7212CCBC': quotas.pSpot, 'L-C4BD4855': 0 },
    reservations: reservations.map(({ reservationId: id, instanceType: type, zone, total, matching }) => ({ id, type, zone, total, matching })),
  }));
  await world.forget();
  await world.refresh();
}

marketKnowledgeContract(async () => {
  const world = await AwsWorld.open();
  return {
    newcomer: () => world.newcomer(),
    tell: (market) => tell(world, market),
    silence: async () => {
      await world.forget();
      world.cloud.simulator.context.faults.add(actions.map((action) => ({ kind: 'fail', action, code: 'UnauthorizedOperation', message: 'You are not authorized.', status: 403 })));
    },
    close: () => world.close(),
  };
});

describe('AwsMarketKnowledge', () => {
  let world: AwsWorld;
  let calls: string[] = [];
  let warnings: string[] = [];
  const log: EventLog = { info: () => undefined, warn: (message) => void warnings.push(message) };
  const about = (...instanceTypes: string[]) => ({ region, instanceTypes, count: 4 });
  const first = about('m6i.large', 'c6i.large', 'm5.large');
  const questions = [first, about('m6i.large', 'c6i.large', 'g5.xlarge'), about('m6i.large', 'm5.large', 'g5.xlarge'), about('c6i.large', 'm5.large', 'g5.xlarge')];

  beforeAll(async () => {
    world = await AwsWorld.open();
    world.cloud.ec2.middlewareStack.add((next, context) => async (args) => {
      calls.push(context.commandName ?? '');
      return next(args);
    }, { step: 'initialize', name: 'countCalls' });
  });
  beforeEach(async () => {
    await world.forget();
    world.cloud.simulator.context.market.reopen(parseScenario({}));
    // A day of UTC begins.
    world.clock.advance(24 * HOUR_MS - (world.clock.now() % (24 * HOUR_MS)));
    [calls, warnings] = [[], []];
  });
  afterEach(() => world.cloud.simulator.context.faults.remove());
  afterAll(() => world?.close());

  const scored = (): number => calls.filter((call) => call === 'GetSpotPlacementScoresCommand').length;

  describe('placement scores', () => {
    it('are asked for once by all functions together, for as long as they are fresh', async () => {
      const answer = await world.newcomer().placementScores(first);
      expect(answer).toEqual({ known: expect.any(Map) });
      world.clock.advance(2 * HOUR_MS);
      expect(await world.newcomer().placementScores({ ...first, instanceTypes: first.instanceTypes.toReversed() })).toEqual(answer);
      expect(scored()).toBe(1);
    });

    it('take five write units of the table when they are new, half a read unit when another has asked, and none within a process', async () => {
      const knowledge = world.newcomer();
      expect(await world.unitsOf(async () => world.newcomer().placementScores(first))).toEqual({ writes: 5, reads: 0.5 });
      expect(await world.unitsOf(async () => world.newcomer().placementScores(first))).toEqual({ writes: 0, reads: 0.5 });
      await knowledge.placementScores(first);
      expect(await world.unitsOf(async () => knowledge.placementScores(first))).toEqual({ writes: 0, reads: 0 });
    });

    it('are asked for by one of those that want them at the same time', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => world.newcomer().placementScores(first)));
      expect(scored()).toBe(1);
      expect(answers.filter((answer) => 'known' in answer).length).toBeGreaterThanOrEqual(1);
    });

    it('share an answer between like numbers of machines', async () => {
      const knowledge = world.newcomer();
      const answers = await Promise.all([9, 10, 11, 12].map((count) => knowledge.placementScores({ ...first, count })));
      expect(answers.every((answer) => 'known' in answer)).toBe(true);
      expect(scored()).toBe(1);
    });

    it('are bounded by the day, whoever asks', async () => {
      const answers = await Promise.all(questions.map((question) => world.newcomer().placementScores(question)));
      expect(scored()).toBe(3);
      expect(answers.filter((answer) => 'unknown' in answer)).toEqual([{ unknown: 'no new question about placement scores is left for today' }]);
      world.clock.advance(24 * HOUR_MS);
      for (const question of questions.slice(0, 3)) expect(await world.newcomer().placementScores(question)).toEqual({ known: expect.any(Map) });
    });

    it('are asked for again when they are old, which is no new question', async () => {
      for (const question of questions.slice(0, 3)) await world.newcomer().placementScores(question);
      world.clock.advance(4 * HOUR_MS);
      for (const question of questions.slice(0, 3)) expect(await world.newcomer().placementScores(question)).toEqual({ known: expect.any(Map) });
      expect(scored()).toBe(6);
    });

    it('are not asked for any more that day when EC2 takes no new question', async () => {
      const { market, scoreQuestions } = world.cloud.simulator.context;
      await world.newcomer().placementScores(first);
      market.change({ placementScoreQuestions: scoreQuestions.values().length });
      expect(await world.newcomer().placementScores({ ...first, count: 512 })).toEqual({ unknown: expect.stringContaining('MaxConfigLimitExceeded') });
      expect(await world.newcomer().placementScores({ ...first, count: 1024 })).toEqual({ unknown: 'no new question about placement scores is left for today' });
      expect(scored()).toBe(2);
      expect(await world.newcomer().placementScores(first)).toEqual({ known: expect.any(Map) });
    });

    it('are not asked for again all day where EC2 refuses the question as one too many', async () => {
      const { market, scoreQuestions } = world.cloud.simulator.context;
      market.change({ placementScoreQuestions: scoreQuestions.values().length });
      const refused = { ...first, count: 2048 };
      expect(await world.newcomer().placementScores(refused)).toEqual({ unknown: expect.stringContaining('MaxConfigLimitExceeded') });
      for (let look = 0; look < 12; look++) {
        world.clock.advance(HOUR_MS / 4);
        expect(await world.newcomer().placementScores(refused)).toEqual({ unknown: 'no new question about placement scores is left for today' });
      }
      expect(scored()).toBe(1);
    });

    it('are remembered for plans, which ask nobody', async () => {
      expect(await world.newcomer().rememberedScores(first)).toEqual({ unknown: 'no launch has asked EC2 for them within a day' });
      const answer = await world.newcomer().placementScores(first);
      expect(await world.unitsOf(async () => world.newcomer().rememberedScores(first))).toEqual({ writes: 0, reads: 0.5 });
      expect(await world.newcomer().rememberedScores(first)).toEqual(answer);
      expect(scored()).toBe(1);
    });

    it('stay as they were while EC2 does not answer, for a day', async () => {
      const answer = await world.newcomer().placementScores(first);
      world.cloud.simulator.context.faults.add([{ kind: 'throttle', action: 'GetSpotPlacementScores' }]);
      world.clock.advance(5 * HOUR_MS);
      expect(await world.newcomer().placementScores(first)).toEqual(answer);
      const asked = scored();
      expect(await world.newcomer().placementScores(first)).toEqual(answer);
      expect(scored()).toBe(asked);
      world.clock.advance(24 * HOUR_MS);
      expect(await world.newcomer().placementScores(first)).toEqual({ unknown: expect.stringContaining('RequestLimitExceeded') });
    });
  });

  it('asks nobody again within moments, and says once in the log what it could not learn', async () => {
    world.cloud.simulator.context.faults.add([{ kind: 'fail', action: 'DescribeSubnets', code: 'UnauthorizedOperation', message: 'Not you.', status: 403 }]);
    const knowledge = world.newcomer({ log });
    const ids = Object.values(subnets);
    for (let round = 0; round < 3; round++) expect(await knowledge.freeAddresses(ids)).toEqual({ unknown: 'UnauthorizedOperation: Not you.' });
    expect(calls).toEqual(['DescribeSubnetsCommand']);
    expect(warnings).toEqual(['Not known: free addresses']);
    world.cloud.simulator.context.faults.remove();
    world.clock.advance(10_000);
    expect(await knowledge.freeAddresses(ids)).toEqual({ known: expect.any(Map), atMs: world.clock.now() });
  });

  it('gives up soon where EC2 does not answer', async () => {
    world.cloud.simulator.context.faults.add([{ kind: 'slowAnswer', action: 'DescribeCapacityReservations', milliseconds: 600 }]);
    const impatient = world.newcomer({ ec2: { maxAttempts: 1, requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } } });
    expect(await impatient.reservations(region, ['cr-00000000000000001'])).toEqual({ unknown: expect.stringContaining('Timeout') });
  });

  it('says nothing about a region that the deployment does not serve', async () => {
    const knowledge = world.newcomer();
    const elsewhere = { unknown: 'this deployment serves us-east-1 and asks nobody about eu-west-1' };
    expect(await knowledge.accountQuotas('eu-west-1')).toEqual(elsewhere);
    expect(await knowledge.interruptionBands('eu-west-1')).toEqual(elsewhere);
    expect(await knowledge.reservations('eu-west-1', ['cr-00000000000000001'])).toEqual(elsewhere);
    expect(await knowledge.placementScores({ ...first, region: 'eu-west-1' })).toEqual(elsewhere);
    expect(calls).toEqual([]);
  });

  describe('what is read on schedule', () => {
    it('stays as it was when the feed fails, until it is too old', async () => {
      await world.refresh();
      const before = await world.newcomer().interruptionBands(region);
      world.clock.advance(2 * HOUR_MS);
      await world.refresh(log, `${world.cloud.simulator.url}/_fleet/no-such-feed`);
      expect(warnings).toEqual(['Cannot read interruption bands']);
      expect(await world.newcomer().interruptionBands(region)).toEqual(before);
      world.clock.advance(8 * 24 * HOUR_MS);
      expect(await world.newcomer().interruptionBands(region)).toEqual({ unknown: expect.stringMatching(/^what was read last is of 2023-\S+; since then Error: .+ answered 404$/) });
    });

    it('has one part without the other', async () => {
      world.cloud.simulator.context.faults.add([{ kind: 'fail', action: 'ListServiceQuotas', code: 'AccessDeniedException', message: 'No.', status: 400 }]);
      await expect(world.refresh(log)).rejects.toThrow('quotas: AccessDeniedException: No.');
      expect(await world.newcomer().accountQuotas(region)).toEqual({ unknown: 'AccessDeniedException: No.' });
      expect(await world.newcomer().interruptionBands(region)).toEqual({ known: expect.any(Map) });
    });

    it('costs a function one look in ten minutes', async () => {
      await world.refresh();
      const knowledge = world.newcomer();
      const quotas = await knowledge.accountQuotas(region);
      await world.forget();
      expect(await knowledge.accountQuotas(region)).toEqual(quotas);
      world.clock.advance(600_001);
      expect(await knowledge.accountQuotas(region)).toEqual({ unknown: expect.stringContaining('was not read') });
    });
  });
});
