import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProviderInstance } from '../../../../core/capacity/gang.ts';
import { costPerHour } from '../../../../core/cost/cost-per-hour.ts';
import { epochMs, instanceId, microUsd } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { aJob } from '../../../builders/job.ts';
import { aNode } from '../../../builders/nodes.ts';
import { aDemand } from '../../../builders/scheduling.ts';

const nowMs = epochMs(10_000_000);
const job = aJob({ demand: aDemand({ microUsdPerHour: microUsd(900_000) }) });

const node = (rank: number, microUsdPerHour: number, fields: Partial<Node> = {}): Node =>
  aNode(rank, { instanceId: instanceId(`i-${rank}`), launchedAtMs: epochMs(0), microUsdPerHour: microUsd(microUsdPerHour), ...fields });
const instance = (id: string, state: ProviderInstance['state'] = 'running', attempt = job.attempt): ProviderInstance =>
  ({ instanceId: instanceId(id), state, instanceType: 'c6i.large', zone: 'us-east-1a', market: 'spot', jobId: job.jobId, attempt, launchedAtMs: epochMs(0) });
const listedAs = (nodes: readonly Node[]) => nodes.map((one) => instance(one.instanceId));

describe('what a job costs an hour', () => {
  it('is the price of each of its nodes at launch, on the market where it was acquired', () => {
    const nodes = [node(0, 100_000), node(1, 30_000, { market: 'spot', onDemandMicroUsdPerHour: microUsd(100_000) })];
    expect(costPerHour(job, { nodes, listed: listedAs(nodes) }, nowMs)).toBe(130_000);
  });

  it('is without nodes that were replaced, and those whose machine no longer runs', () => {
    const nodes = [node(0, 1), node(1, 10), node(2, 100, { goneAtMs: nowMs }), node(3, 1000)];
    expect(costPerHour(job, { nodes, listed: [instance('i-0'), instance('i-1', 'shutting-down')] }, nowMs)).toBe(1);
  });

  it('is with nodes that are too new to be listed', () => {
    const fresh = [node(0, 1, { launchedAtMs: epochMs(nowMs - 1000) })];
    expect(costPerHour(job, { nodes: fresh, listed: [] }, nowMs)).toBe(1);
  });

  it('is with all nodes where nobody could be asked for machines', () => {
    expect(costPerHour(job, { nodes: [node(0, 1), node(1, 10, { goneAtMs: nowMs })], listed: undefined }, nowMs)).toBe(1);
  });

  it('is the most that it can cost while its gang is not whole, as soon as one machine is there', () => {
    expect(costPerHour(job, { nodes: [], listed: [instance('i-0', 'pending')] }, nowMs)).toBe(900_000);
    expect(costPerHour(job, { nodes: [], listed: [] }, nowMs)).toBe(0);
    expect(costPerHour(job, { nodes: [], listed: [instance('i-0', 'shutting-down'), instance('i-1', 'running', job.attempt + 1)] }, nowMs)).toBe(0);
  });

  it('is nothing while its gang is not whole where nobody could be asked for machines', () => {
    expect(costPerHour(job, { nodes: [], listed: undefined }, nowMs)).toBe(0);
  });

  it('is never less for one machine more, and each node counts alone', () => {
    const prices = fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(prices, fc.nat(), (each, some) => {
      const nodes = each.map((price, rank) => node(rank, price));
      const running = nodes.slice(0, some % (nodes.length + 1));
      expect(costPerHour(job, { nodes, listed: listedAs(running) }, nowMs)).toBe(running.reduce((sum, one) => sum + one.microUsdPerHour, 0));
    }));
  });
});
