import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../cloud/eventually.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(300_000);

describe('what is known of the market, on the deployed stack', () => {
  let cloud: SharedCloud;
  beforeAll(async () => {
    cloud = await sharedCloud();
  });

  it('is read by a function that may, and seen by those that may', async () => {
    await cloud.account.invoke('RefreshMarket');
    // What a function could not see is remembered for a minute.
    const seen = await eventually('the account quotas are known', async () => {
      const capacity = await cloud.client().getCapacity({ instanceTypes: ['m6i.large'] });
      return capacity.quotas.length > 0 && capacity;
    });
    expect(seen.quotas).toEqual(expect.arrayContaining([{ family: 'Standard', market: 'on-demand', vcpus: expect.any(Number) }]));
    expect(seen.unknown).toEqual([{ what: 'interruption bands', why: 'this deployment reads no feed of the Spot Instance Advisor' }]);
    for (const { freeAddresses } of seen.zones) expect(freeAddresses).toBeGreaterThan(0);
  });
});
