import { describe, expect, it } from '@jest/globals';
import { LAUNCH_REFUSED } from '../../../../core/capacity/refused-launch.ts';
import { aDeployment, aGang, aPool, ManualClock, someFacts } from '../../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../../../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { InMemoryTable } from '../../../fakes/in-memory-table.ts';
import { never } from './acquisition.ts';

function aListenedProvider(named: { readonly provider?: string } = {}) {
  const table = new InMemoryTable();
  const knowledge = new InMemoryMarketKnowledge();
  const warnings: (readonly [message: string, facts: object | undefined])[] = [];
  const failures: (readonly [message: string, facts: object])[] = [];
  const provider = new InMemoryCapacityProvider({
    ...named,
    attempts: new InMemoryAttemptStore(table), cooldowns: new InMemoryCooldownStore(table), knowledge,
    catalogue: new InMemoryInstanceCatalogue([someFacts('c6i.large')]), clock: new ManualClock(),
    deployment: aDeployment({ namespaces: { '*': { launchTemplates: { x86_64: 'lt-x86' }, capacityReservations: ['cr-b'] } } }),
    log: { info: () => undefined, warn: (message, facts) => void warnings.push([message, facts]), error: (message, facts) => void failures.push([message, facts]) },
  });
  return { provider, failures, warnings, knowledge };
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

  it('is no failure where it was for reserved capacity, which the job does without: somebody pays for it and should know', async () => {
    const { provider, failures, warnings, knowledge } = aListenedProvider();
    knowledge.reserved = [{ reservationId: 'cr-b', instanceType: 'c6i.large', zone: 'us-east-1b', available: 9, total: 9, matching: 'targeted' }];
    const rejected = { code: 'InvalidParameterValue', message: 'It is a Capacity Block.' };
    provider.machines.launch = async ({ market }) => ({ launched: [], unavailable: [], ...(market === 'reserved' ? { rejected } : {}) });
    expect(await provider.acquire(aGang(), never)).toMatchObject({ kind: 'short' });
    expect(failures).toEqual([]);
    expect(warnings).toEqual([['Reservations cannot be used', expect.objectContaining({ rejected, reservations: ['cr-b'], pool: 'workers' })]]);
  });

  it('wakes nobody for an image that the manifest itself names, but for one of the deployment', async () => {
    const { provider, failures, warnings } = aListenedProvider();
    const rejected = { code: 'InvalidAMIID.NotFound', message: 'The image id does not exist' };
    provider.machines.launch = async () => ({ launched: [], unavailable: [], rejected });
    expect(await provider.acquire(aGang({ pools: [aPool({ image: 'ami-0123456789abcdef0' })] }), never)).toMatchObject({ kind: 'rejected', ...rejected });
    expect([failures, warnings]).toEqual([[], [['The image of a manifest cannot be used', expect.objectContaining({ rejected, image: 'ami-0123456789abcdef0' })]]]);
    await provider.acquire(aGang({ attempt: 2, pools: [aPool({ image: 'ubuntu' })] }), never);
    expect(failures).toHaveLength(1);
  });

  it('is told apart from one for which there was no capacity', async () => {
    const { provider, failures } = aListenedProvider();
    expect(await provider.acquire(aGang(), never)).toMatchObject({ kind: 'short' });
    expect(failures).toEqual([]);
  });
});
