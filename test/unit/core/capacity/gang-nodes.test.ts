import { describe, expect, it } from '@jest/globals';
import { hardwareOf, nodesOfGang, replacementNodes } from '../../../../core/capacity/gang-nodes.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import { epochMs, instanceId, jobId } from '../../../../core/job/ids.ts';
import { someFacts } from '../../../builders/capacity.ts';
import { aNode } from '../../../builders/nodes.ts';

describe('what a machine has to compute with', () => {
  it.each([
    ['its cores, where they are known', { vcpus: 8, cores: 8, architecture: 'x86_64' }, 8],
    ['two threads on a core of x86', { vcpus: 8, architecture: 'x86_64' }, 4],
    ['a core at least', { vcpus: 1, architecture: 'x86_64' }, 1],
    ['one thread on a core of arm64', { vcpus: 8, architecture: 'arm64' }, 8],
  ] as const)('is %s', (_, fields, cores) => {
    const { vcpus } = fields;
    expect(hardwareOf({ ...someFacts('m6i.large'), ...fields, memoryMiB: 1024, gpus: 2 })).toEqual({ vcpus, cores, memoryMiB: 1024, gpus: 2 });
  });

  it('is known of each node whose type is', () => {
    const facts = { ...someFacts('m6i.large'), vcpus: 2, cores: 1 };
    const view: MarketView = { region: 'us-east-1', subnets: {}, types: new Map([['m6i.large', facts]]), spotPrices: new Map(), cooldowns: [], patienceMs: 0 };
    const held = ['m6i.large', 'c6i.large'].map((instanceType, n) => ({
      pool: 'workers', instanceId: instanceId(`i-${n}`), instanceType, zone: 'us-east-1a', market: 'spot' as const, launchedAtMs: epochMs(0),
    }));
    const pool = { pool: 'workers', count: 2, instanceTypes: [], purchaseOption: 'Spot', mix: 'Any', efa: false } as const;
    const gang = { jobId: jobId('01h'), attempt: 1, namespace: 'research', labels: {}, region: 'us-east-1', zones: [], spread: 'Any', placementGroup: false, pools: [pool] } as const;
    const hardware = hardwareOf(facts);
    expect(nodesOfGang(gang, held, new Map(), view).map((node) => node.hardware)).toEqual([hardware, undefined]);
    expect(replacementNodes([aNode(1)], held, new Map(), view).map((node) => node.hardware)).toEqual([hardware]);
  });
});
