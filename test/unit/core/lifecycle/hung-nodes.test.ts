import { describe, expect, it } from '@jest/globals';
import type { ImpairedInstance, ProviderInstance } from '../../../../core/capacity/gang.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { hungNodes, impairmentOf } from '../../../../core/lifecycle/hung-nodes.ts';
import { aNode } from '../../../builders/nodes.ts';

const now = epochMs(2_000_000);

/** So many running machines of a zone, ids from `first` on. */
function machines(zone: string, count: number, first = 0, more: Partial<ProviderInstance> = {}): readonly ProviderInstance[] {
  return Array.from({ length: count }, (_, i) => {
    const { instanceId, instanceType, market, launchedAtMs } = aNode(first + i);
    return { instanceId, instanceType, market, launchedAtMs, zone, state: 'running', ...more };
  });
}

const unreached = (instances: readonly ProviderInstance[], seconds = 600): readonly ImpairedInstance[] => instances.map(({ instanceId }) => ({ instanceId, sinceMs: epochMs(now - seconds * 1000) }));

describe('a node hangs', () => {
  it('where it was not reached for five minutes, and is of its attempt still', () => {
    const nodes = [aNode(0), aNode(1), aNode(2, { goneAtMs: now })];
    const since = (seconds: number) => nodes.map(({ instanceId }) => ({ instanceId, sinceMs: epochMs(now - seconds * 1000) }));
    expect(hungNodes(nodes, since(300), now)).toEqual(nodes.slice(0, 2));
    expect(hungNodes(nodes, since(299), now)).toEqual([]);
  });
});

describe('machines that are not reached', () => {
  const [a, b] = [machines('a', 20), machines('b', 30, 100)];

  it('hang each by itself while they are few, or less than half of those of their zone', () => {
    const few = unreached([...a.slice(0, 9), ...b.slice(0, 14)]);
    expect(impairmentOf([...a, ...b], few)).toEqual({ hang: few, zones: [] });
    const small = machines('c', 9, 200);
    expect(impairmentOf(small, unreached(small))).toEqual({ hang: unreached(small), zones: [] });
  });

  it('are left alone where they are half of those that run in their zone, and those of other zones are not', () => {
    const hangs = unreached(b.slice(0, 1));
    expect(impairmentOf([...a, ...b], [...unreached(a.slice(0, 10), 30), ...hangs])).toEqual({ hang: hangs, zones: [{ zone: 'a', impaired: 10, running: 20 }] });
  });

  it('are counted against those that run, of the same cloud', () => {
    const ten = a.slice(0, 10);
    const others = [...machines('a', 20, 300, { state: 'pending' }), ...machines('a', 20, 400, { provider: 'simulated' })];
    expect(impairmentOf([...ten, ...others], unreached(ten)).zones).toEqual([{ zone: 'a', impaired: 10, running: 10 }]);
  });

  it('are nothing to the deployment where they are somebody else’s', () => {
    expect(impairmentOf(a, unreached(b))).toEqual({ hang: [], zones: [] });
  });
});
