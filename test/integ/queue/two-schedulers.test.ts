import { describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ownDynamo } from '../../contract/store/own-dynamo.ts';
import { dynamoClient } from '../../contract/store/world.ts';
import { SchedulerSite } from './scheduler-site.ts';

jest.setTimeout(600_000);

const dynamo = ownDynamo();

/** Every call of the client goes through `gate`, retries of the SDK not counted. */
function gated(gate: (send: () => Promise<unknown>) => Promise<unknown>): DynamoDBClient {
  const own = dynamoClient(dynamo.endpoint());
  own.middlewareStack.add((next) => (args) => gate(() => next(args)) as ReturnType<typeof next>, { step: 'initialize', name: 'gate', priority: 'high' });
  return own;
}

/** A process that makes `calls` calls of the table, of which the last fails before or after it did its work; then it is dead. */
function mortal(calls: number, when: 'before' | 'after') {
  let made = 0;
  const own = gated(async (send) => {
    made += 1;
    if (made > calls || (made === calls && when === 'before')) throw new Error('the process is dead');
    const answer = await send();
    if (made >= calls) throw new Error('the process is dead');
    return answer;
  });
  return { client: own, isDead: () => made >= calls, made: () => made };
}

async function killAndGoOn(calls: number, when: 'before' | 'after'): Promise<void> {
  const site = await SchedulerSite.busy(dynamo.client());
  const killed = mortal(calls, when);
  await site.schedule(killed).catch(() => undefined);
  killed.client.destroy();
  await site.expectLaws();
  await site.live();
  expect(new Set((await site.allJobs()).map(({ state }) => state))).toEqual(new Set(['DONE']));
  expect(site.started).toHaveLength(new Set(site.started).size);
}

describe('a scheduler that is killed', () => {
  it('at any call of the table loses no job, admits none twice and passes no limit', async () => {
    const whole = mortal(Number.POSITIVE_INFINITY, 'before');
    await (await SchedulerSite.busy(dynamo.client())).schedule(whole);
    whole.client.destroy();
    expect(whole.made()).toBeGreaterThan(15);
    for (let calls = 1; calls <= whole.made(); calls += 1) {
      await Promise.all((['before', 'after'] as const).map((when) => killAndGoOn(calls, when)));
    }
  });
});

describe('two schedulers', () => {
  it('started at once work one at a time, and nothing is left to do', async () => {
    for (let round = 0; round < 3; round += 1) {
      const site = await SchedulerSite.busy(dynamo.client());
      const reports = await Promise.all([site.schedule(undefined, 'first'), site.schedule(undefined, 'second')]);
      await site.expectLaws();
      expect(reports.some(({ held }) => held)).toBe(true);
      expect(reports.reduce((sum, { admitted, turns }) => sum + admitted + turns, 0)).toBe(3);
      await site.live();
      expect(site.started).toHaveLength(new Set(site.started).size);
    }
  });

  it('of which one takes the lease from the other, again and again, keep the laws', async () => {
    for (let round = 0; round < 10; round += 1) {
      const site = await SchedulerSite.busy(dynamo.client());
      const others: Promise<unknown>[] = [];
      let calls = 0;
      // Its clock is ahead: to it the lease of the first is over, though the first is at work.
      const robbed = gated(async (send) => {
        if ((calls += 1) === 2 + round) {
          await site.submit('urgent', { user: 'carol', priority: 1000, nodes: 2 });
          others.push(site.schedule({ client: dynamo.client(), aheadMs: 60_000 }, 'robber'));
        }
        return send();
      });
      await site.schedule({ client: robbed }, 'robbed').catch(() => undefined);
      await Promise.all(others);
      robbed.destroy();
      await site.expectLaws();
      site.clock.advance(120_000);
      await site.live();
      expect(new Set((await site.allJobs()).map(({ state }) => state))).toEqual(new Set(['DONE']));
    }
  });
});
