import { describe, expect, it } from '@jest/globals';
import { LAUNCH_REFUSED } from '../../../../core/capacity/refused-launch.ts';
import { aDeployment, aGang, ManualClock, someFacts } from '../../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { InMemoryTable } from '../../../fakes/in-memory-table.ts';
import { never } from './acquisition.ts';

function aListenedProvider(named: { readonly provider?: string } = {}) {
  const table = new InMemoryTable();
  const failures: (readonly [message: string, facts: object])[] = [];
  const provider = new InMemoryCapacityProvider({
    ...named,
    attempts: new InMemoryAttemptStore(table), cooldowns: new InMemoryCooldownStore(table), knowledge: new InMemoryMarketKnowledge(),
    catalogue: new InMemoryInstanceCatalogue([someFacts('c6i.large')]), clock: new ManualClock(), deployment: aDeployment(),
    log: { info: () => undefined, warn: () => undefined, error: (message, facts) => void failures.push([message, facts]) },
  });
  return { provider, failures };
}

describe('a launch that is refused for good', () => {
  it('is logged once, at a level that every deployment keeps, with the provider’s own words', async () => {
    const { provider, failures } = aListenedProvider();
    const rejected = { code: 'UnauthorizedOperation', message: 'You are not authorized to perform this operation.' };
    provider.machines.launch = async () => ({ launched: [], unavailable: [], rejected });
    const gang = aGang();
    expect(await provider.acquire(gang, never)).toMatchObject({ kind: 'rejected', ...rejected });
    expect(failures).toEqual([[LAUNCH_REFUSED, { jobId: gang.jobId, attempt: 1, ordinal: 1, pool: 'workers', rejected }]]);
  });

  it('is told with the provider that refused it, so that rehearsals wake nobody', async () => {
    const { provider, failures } = aListenedProvider({ provider: 'simulated' });
    provider.machines.launch = async () => ({ launched: [], unavailable: [], rejected: { code: 'UnauthorizedOperation', message: 'no' } });
    await provider.acquire(aGang(), never);
    expect(failures).toEqual([[LAUNCH_REFUSED, expect.objectContaining({ provider: 'simulated' })]]);
  });

  it('is told apart from one for which there was no capacity', async () => {
    const { provider, failures } = aListenedProvider();
    expect(await provider.acquire(aGang(), never)).toMatchObject({ kind: 'short' });
    expect(failures).toEqual([]);
  });
});
