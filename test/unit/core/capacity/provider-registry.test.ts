import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_PROVIDER, ProviderRegistry } from '../../../../core/capacity/provider-registry.ts';
import { InternalError } from '../../../../core/errors/orchestrator-error.ts';
import { epochMs, instanceId, jobId } from '../../../../core/job/ids.ts';
import type { ProviderInstance } from '../../../../core/capacity/gang.ts';
import type { CapacityProvider } from '../../../../core/ports/capacity-provider.ts';
import { aGang } from '../../../builders/capacity.ts';
import { aNode } from '../../../builders/nodes.ts';

const never = async (): Promise<undefined> => undefined;

/** Notes who was called, and answers with the name of the cloud. */
function noting(name: string, calls: string[]): CapacityProvider {
  const note = <T>(call: string, answer: T) => async (): Promise<T> => {
    calls.push(`${name}.${call}`);
    return answer;
  };
  const rejected = { kind: 'rejected', code: name, message: '' } as const;
  const plan = { launches: [], cooling: [], maxMicroUsdPerHour: 0, maxMicroUsdPerAttempt: 0, limits: [], without: [], notes: [name] };
  return {
    plan: note('plan', plan), acquire: note('acquire', rejected), replace: note('replace', rejected), release: note('release', { terminated: 0, remaining: 0 }),
    terminate: async (ids) => void calls.push(`${name}.terminate ${ids.join()}`), describe: note('describe', []), describeAll: note('describeAll', []), impaired: note('impaired', []), find: note('find', undefined),
  };
}

describe('a registry of providers', () => {
  let calls: string[];
  let registry: ProviderRegistry;

  beforeEach(() => {
    calls = [];
    registry = new ProviderRegistry([
      { name: DEFAULT_PROVIDER, capacity: noting('aws', calls), owns: (id) => id.startsWith('i-') },
      { name: 'other', capacity: noting('other', calls), owns: (id) => id.startsWith('o-') },
    ]);
  });

  it('asks the provider that a gang or a job names, and the default one where none is named', async () => {
    const attempt = { jobId: jobId('01hjob0000000000000000000a'), attempt: 1 };
    for (const provider of [undefined, 'other']) {
      const named = provider === undefined ? {} : { provider };
      await registry.plan(aGang(named), 60);
      await registry.acquire(aGang(named), never);
      await registry.replace(aGang(named), [aNode(0)], async () => undefined);
      await registry.release({ ...attempt, ...named });
      await registry.describe({ ...attempt, ...named });
    }
    const each = ['plan', 'acquire', 'replace', 'release', 'describe'];
    expect(calls).toEqual([...each.map((call) => `aws.${call}`), ...each.map((call) => `other.${call}`)]);
  });

  it('sorts instances by whose they are, and troubles nobody with those of others', async () => {
    await registry.terminate(['i-1', 'o-1', 'i-2'].map(instanceId));
    expect(calls.toSorted()).toEqual(['aws.terminate i-1,i-2', 'other.terminate o-1']);
    calls.length = 0;
    await registry.terminate([instanceId('o-2')]);
    expect(calls).toEqual(['other.terminate o-2']);
  });

  it('asks everybody for all that hangs, and for some of it those whose they are', async () => {
    await registry.impaired();
    expect(calls).toEqual(['aws.impaired', 'other.impaired']);
    calls.length = 0;
    await registry.impaired([instanceId('o-1')]);
    expect(calls).toEqual(['other.impaired']);
  });

  it('asks everybody for all that lives', async () => {
    await registry.describeAll();
    expect(calls.toSorted()).toEqual(['aws.describeAll', 'other.describeAll']);
  });

  it('lets no provider that fails hide the machines of the others, and says which it was', async () => {
    const machine: ProviderInstance = {
      instanceId: instanceId('i-1'), instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', state: 'running', launchedAtMs: epochMs(0), address: '10.0.0.1',
    };
    const down = new Error('the other cloud is down');
    const broken = new ProviderRegistry([
      { name: DEFAULT_PROVIDER, capacity: { ...noting('aws', calls), describeAll: async () => [machine] }, owns: (id) => id.startsWith('i-') },
      { name: 'other', capacity: { ...noting('other', calls), describeAll: () => Promise.reject(down) }, owns: (id) => id.startsWith('o-') },
    ]);
    const unheard: unknown[] = [];
    expect(await broken.describeAll((...told) => unheard.push(told))).toEqual([machine]);
    expect(unheard).toEqual([['other', down]]);
    await expect(broken.describeAll()).rejects.toBe(down);
  });

  it('says of machines that are not of the default cloud whose they are', async () => {
    const machine: ProviderInstance = { instanceId: instanceId('o-1'), instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', state: 'running', launchedAtMs: epochMs(0) };
    const two = new ProviderRegistry([
      { name: DEFAULT_PROVIDER, capacity: { ...noting('aws', calls), describeAll: async () => [machine] }, owns: (id) => id.startsWith('i-') },
      { name: 'other', capacity: { ...noting('other', calls), describeAll: async () => [machine] }, owns: (id) => id.startsWith('o-') },
    ]);
    expect(await two.describeAll()).toEqual([machine, { ...machine, provider: 'other' }]);
  });

  it('lets no provider that fails hide what hangs at the others, and says which it was', async () => {
    const [hangs, down] = [{ instanceId: instanceId('i-1'), sinceMs: epochMs(5) }, new Error('the other cloud is down')];
    const broken = new ProviderRegistry([
      { name: DEFAULT_PROVIDER, capacity: { ...noting('aws', calls), impaired: async () => [hangs] }, owns: (id) => id.startsWith('i-') },
      { name: 'other', capacity: { ...noting('other', calls), impaired: () => Promise.reject(down) }, owns: (id) => id.startsWith('o-') },
    ]);
    const unheard: unknown[] = [];
    expect(await broken.impaired(undefined, (...told) => unheard.push(told))).toEqual([hangs]);
    expect(unheard).toEqual([['other', down]]);
    await expect(broken.impaired()).rejects.toBe(down);
  });

  it('looks for an instance where its id comes from', async () => {
    await registry.find(instanceId('o-1'));
    await registry.find(instanceId('i-1'));
    expect(calls).toEqual(['other.find', 'aws.find']);
    expect(await registry.find(instanceId('x-1'))).toBeUndefined();
    expect(calls).toHaveLength(2);
  });

  it('launches nothing more at a provider that is withdrawn, and looks after what was launched there', async () => {
    const withdrawn = new ProviderRegistry([{ name: 'other', capacity: noting('other', calls), owns: (id) => id.startsWith('o-'), offered: false }]);
    const refused = { kind: 'rejected', code: 'ProviderNotOffered', message: 'this deployment has no machines of provider other any more' };
    expect(await withdrawn.acquire(aGang({ provider: 'other' }), never)).toEqual(refused);
    expect(await withdrawn.replace(aGang({ provider: 'other' }), [aNode(0)], async () => undefined)).toEqual(refused);
    expect(calls).toEqual([]);
    const attempt = { jobId: jobId('01hjob0000000000000000000a'), attempt: 1, provider: 'other' };
    await withdrawn.describe(attempt);
    await withdrawn.release(attempt);
    await withdrawn.find(instanceId('o-1'));
    await withdrawn.terminate([instanceId('o-1')]);
    await withdrawn.describeAll();
    expect(calls).toEqual(['other.describe', 'other.release', 'other.find', 'other.terminate o-1', 'other.describeAll']);
  });

  it('does not guess when a provider is registered no more', async () => {
    await expect(registry.release({ jobId: jobId('01hjob0000000000000000000a'), attempt: 1, provider: 'gone' })).rejects.toBeInstanceOf(InternalError);
    expect(calls).toEqual([]);
  });
});
