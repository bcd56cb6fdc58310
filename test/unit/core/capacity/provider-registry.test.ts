import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_PROVIDER, ProviderRegistry } from '../../../../core/capacity/provider-registry.ts';
import { InternalError } from '../../../../core/errors/orchestrator-error.ts';
import { instanceId, jobId } from '../../../../core/job/ids.ts';
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
  const plan = { launches: [], cooling: [], maxMicroUsdPerHour: 0, maxMicroUsdForTtl: 0, limits: [], without: [], notes: [name] };
  return {
    plan: note('plan', plan), acquire: note('acquire', rejected), replace: note('replace', rejected), release: note('release', { terminated: 0, remaining: 0 }),
    terminate: async (ids) => void calls.push(`${name}.terminate ${ids.join()}`), describe: note('describe', []), describeAll: note('describeAll', []), find: note('find', undefined),
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
      await registry.replace(aGang(named), [aNode(0)]);
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

  it('asks everybody for all that lives', async () => {
    await registry.describeAll();
    expect(calls.toSorted()).toEqual(['aws.describeAll', 'other.describeAll']);
  });

  it('does not guess when a provider is registered no more', async () => {
    await expect(registry.release({ jobId: jobId('01hjob0000000000000000000a'), attempt: 1, provider: 'gone' })).rejects.toBeInstanceOf(InternalError);
    expect(calls).toEqual([]);
  });
});
