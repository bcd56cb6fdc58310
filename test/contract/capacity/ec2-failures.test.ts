import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GangRequest } from '../../../core/capacity/gang.ts';
import { scopeKey } from '../../../core/capacity/offering.ts';
import { instanceId, jobId } from '../../../core/job/ids.ts';
import type { CooldownStore } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { Ec2CapacityProvider } from '../../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { SystemClock } from '../../../lambdas/runtime/clock.ts';
import { aDeployment, aGang, aPool, silentLog } from '../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import type { SimulatedEc2 } from './simulated-ec2.ts';
import { startSimulatedEc2 } from './simulated-ec2.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';

const never = async (): Promise<undefined> => undefined;
const { intervals } = aDeployment();
const deployment = aDeployment({ intervals: { ...intervals, destroyWait: 1 } });

describe('Ec2CapacityProvider, when EC2 fails', () => {
  let cloud: SimulatedEc2;
  let provider: Ec2CapacityProvider;
  let attempts: AttemptStore;
  let cooldowns: CooldownStore;
  let jobs = 0;
  const clock = new SystemClock();
  const onDemand = (count: number): GangRequest =>
    aGang({ jobId: jobId(`01hjob${String(++jobs).padStart(20, '0')}`), pools: [aPool({ count, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' })], zones: ['us-east-1a'] });
  const cooling = async () => (await cooldowns.active(clock.now())).map(({ scope }) => scopeKey(scope));

  beforeAll(async () => {
    cloud = await startSimulatedEc2(deployment, 24);
  });
  beforeEach(() => {
    cloud.supply([['m6i.large', 'a', 'on-demand', 500]]);
    const table = new InMemoryTable();
    attempts = new InMemoryAttemptStore(table);
    cooldowns = new InMemoryCooldownStore(table);
    const catalogue = new Ec2InstanceCatalogue({ ec2: cloud.ec2, region: deployment.region, prices: new PriceList(cloud.pricing), clock, log: silentLog });
    provider = new Ec2CapacityProvider({ ec2: cloud.ec2, attempts, cooldowns, knowledge: new InMemoryMarketKnowledge(), catalogue, clock, deployment, log: silentLog });
  });
  afterEach(() => cloud.simulator.context.faults.remove());
  afterAll(async () => cloud.close());

  const fail = (code: string, status: number): void => {
    cloud.simulator.context.faults.add([{ kind: 'fail', action: 'CreateFleet', code, message: 'Injected', status }]);
  };

  it('fails the job for a refusal that waiting does not cure', async () => {
    fail('UnauthorizedOperation', 403);
    const gang = onDemand(2);
    expect(await provider.acquire(gang, never)).toEqual({ kind: 'rejected', code: 'UnauthorizedOperation', message: 'Injected' });
    expect(await cooling()).toEqual([]);
    // With the id of the call, which AWS support asks for.
    expect(await attempts.launches(gang.jobId, gang.attempt)).toMatchObject([{ result: { rejected: { code: 'UnauthorizedOperation' }, requestId: expect.stringMatching(/\S/) } }]);
  });

  it('fails the job for a refusal of a kind that nobody knows', async () => {
    fail('SomethingNew', 400);
    expect(await provider.acquire(onDemand(2), never)).toMatchObject({ kind: 'rejected', code: 'SomethingNew' });
  });

  it('takes a refusal for lack of capacity as such', async () => {
    fail('InsufficientInstanceCapacity', 400);
    expect(await provider.acquire(onDemand(2), never)).toMatchObject({ kind: 'short', shortfall: 2 });
    expect(await cooling()).toEqual(['offering/m6i.large/us-east-1a/on-demand']);
  });

  it('keeps the launch open when EC2 breaks down, and goes on from there', async () => {
    fail('InternalError', 500);
    const gang = onDemand(2);
    await expect(provider.acquire(gang, never)).rejects.toMatchObject({ name: 'InternalError' });
    expect(await attempts.launches(gang.jobId, 1)).toMatchObject([{ ordinal: 1, request: expect.any(String) }]);
    cloud.simulator.context.faults.remove();
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'acquired' });
    expect(await provider.release(gang)).toEqual({ terminated: 2, remaining: 0 });
  });

  it.each(['RequestLimitExceeded', 'NetworkInterfaceLimitExceeded', 'MaxFleetCountExceeded'])('keeps under its own name that %s holds back the account', async (code) => {
    fail(code, 400);
    await expect(provider.acquire(onDemand(2), never)).rejects.toMatchObject({ name: 'DependencyThrottledError' });
    expect(await cooldowns.active(clock.now())).toMatchObject([{ scope: { kind: 'account' }, code }]);
  });

  it('cools the whole family when the quota is used up', async () => {
    cloud.simulator.context.market.change({ quotas: { 'L-1216C47A': 4 } });
    expect(await provider.acquire(onDemand(5), never)).toMatchObject({ kind: 'short' });
    expect(await cooling()).toEqual(['quota/us-east-1/Standard/on-demand']);
  });

  it('cools the subnet that has no addresses left', async () => {
    expect(await provider.acquire(onDemand(300), never)).toMatchObject({ kind: 'short' });
    expect(await cooling()).toEqual(['subnet/us-east-1a/subnet-a']);
  });

  it('says how many machines do not go', async () => {
    const gang = onDemand(3);
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'acquired' });
    cloud.simulator.context.faults.add([{ kind: 'terminateIgnored', seconds: 600, jobId: gang.jobId }]);
    expect(await provider.release(gang)).toEqual({ terminated: 3, remaining: 3 });
    cloud.simulator.context.faults.remove();
    expect(await provider.release(gang)).toEqual({ terminated: 3, remaining: 0 });
  });

  it('says which machines hang, and since when', async () => {
    const acquired = await provider.acquire(onDemand(2), never);
    const [first] = acquired.kind === 'acquired' ? acquired.nodes : [];
    expect(await provider.impaired()).toEqual([]);
    const [fault] = cloud.simulator.context.faults.add([{ kind: 'instanceHangs', forSeconds: 400, instanceId: first?.instanceId ?? '' }]);
    // EC2 tells whole seconds or finer ones.
    expect(await provider.impaired()).toEqual([{ instanceId: first?.instanceId, sinceMs: expect.closeTo((fault?.addedAtMs ?? 0) - 400_000, -3) }]);
  });

  it('says so of a machine whose host fails, and asks for some of them, gone ones among them', async () => {
    const acquired = await provider.acquire(onDemand(2), never);
    const [first, second] = acquired.kind === 'acquired' ? acquired.nodes.map(({ instanceId: id }) => id) : [];
    if (first === undefined || second === undefined) throw new Error('no machines');
    cloud.simulator.context.faults.add([{ kind: 'instanceHangs', check: 'system', forSeconds: 400, instanceId: first }]);
    const hangs = [{ instanceId: first, sinceMs: expect.any(Number) }];
    expect(await provider.impaired()).toEqual(hangs);
    expect(await provider.impaired([instanceId('i-0123456789abcdef0'), second, first])).toEqual(hangs);
    expect(await provider.impaired([second])).toEqual([]);
    expect(await provider.impaired([])).toEqual([]);
  });

  it('asks for patience when it may not even look', async () => {
    const gang = onDemand(1);
    await provider.acquire(gang, never);
    cloud.simulator.context.faults.add([{ kind: 'throttle', action: 'DescribeInstances' }]);
    await expect(provider.release(gang)).rejects.toMatchObject({ name: 'DependencyThrottledError', retryable: true });
    cloud.simulator.context.faults.remove();
    expect(await provider.release(gang)).toEqual({ terminated: 1, remaining: 0 });
  });
});
