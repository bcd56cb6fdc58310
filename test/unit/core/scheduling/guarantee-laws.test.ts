import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import type { ShareTree } from '../../../../core/shares/share-tree.ts';
import { aGroup, aNamespace, aPolicy, aWaitingJob } from '../../../builders/scheduling.ts';
import { SimulatedDeployment, type SimulatedJob } from './simulated-deployment.ts';

const NODES = 12;
const GUARANTEED = 5;
const minute = 60_000;

/** Who comes when, with how much, for how long at most, and how much of that it uses. */
const anArrival = fc.record({
  afterMinutes: fc.nat({ max: 30 }),
  namespace: fc.constantFrom('owner', 'owner', 'sibling', 'other', 'second'),
  user: fc.constantFrom('ada', 'bob'),
  nodes: fc.integer({ min: 1, max: NODES }),
  minutes: fc.integer({ min: 1, max: 90 }),
  partUsed: fc.constantFrom(1, 0.5, 0.1),
  isBounded: fc.constantFrom(true, true, false),
  priority: fc.constantFrom(0, 500, 1000),
});
const someArrivals = fc.array(anArrival, { minLength: 2, maxLength: 25 });
type Arrival = Parameters<Parameters<typeof someArrivals.map>[0]>[0][number];

const owner = (fields: Parameters<typeof aNamespace>[1]): ReturnType<typeof aNamespace> => aNamespace('owner', { guarantee: { nodes: GUARANTEED }, ...fields });
const second = aNamespace('second', { guarantee: { nodes: 4 } });

/** Where a guarantee may stand: under the root, within a group, of a group. */
const trees: Readonly<Record<string, (lend: boolean) => Partial<ShareTree>>> = {
  'of a namespace': (lend) => ({ namespaces: [owner({ lend }), second] }),
  'of a namespace in a group': (lend) => ({
    groups: [aGroup('group', { limits: { nodes: 8 } })],
    namespaces: [owner({ lend, parent: 'group' }), aNamespace('sibling', { parent: 'group' }), second],
  }),
  'of a namespace in a group that is guaranteed more': (lend) => ({
    groups: [aGroup('group', { guarantee: { nodes: 7 } })],
    namespaces: [owner({ lend, parent: 'group' }), aNamespace('sibling', { parent: 'group' }), second],
  }),
  'of a group': (lend) => ({
    groups: [aGroup('group', { guarantee: { nodes: GUARANTEED }, lend })],
    namespaces: [aNamespace('owner', { parent: 'group' }), second],
  }),
};

/** What the owner has, waiting and running. */
const asked = (deployment: SimulatedDeployment): number =>
  [...deployment.jobs.values()].filter(({ entry, endedMs }) => entry.namespace === 'owner' && endedMs === undefined).reduce((sum, { entry }) => sum + entry.demand.nodes, 0);

/** Plays the arrivals; the owner never asks for more than its guarantee. `told` hears of each job of the owner's and what ran as it came. */
function play(deployment: SimulatedDeployment, arrivals: readonly Arrival[], told: (job: SimulatedJob, running: readonly SimulatedJob[]) => void): void {
  const cycleAtEndsUntil = (toMs: number): void => {
    for (let endMs = deployment.nextEndMs; endMs !== undefined && endMs <= toMs; endMs = deployment.nextEndMs) {
      deployment.moveTo(endMs);
      deployment.cycle();
    }
  };
  for (const [i, { afterMinutes, minutes, partUsed, isBounded, ...sketch }] of arrivals.entries()) {
    const atMs = epochMs(deployment.nowMs + afterMinutes * minute);
    cycleAtEndsUntil(atMs);
    deployment.moveTo(atMs);
    if (sketch.namespace === 'owner' && asked(deployment) + sketch.nodes > GUARANTEED) continue;
    const { running } = deployment;
    const entry = aWaitingJob(`job${String(i).padStart(2, '0')}`, { ...sketch, submittedAtMs: atMs, holdSeconds: isBounded ? minutes * 60 : undefined });
    const job = deployment.submit(entry, Math.ceil(minutes * partUsed) * minute);
    deployment.cycle();
    if (sketch.namespace === 'owner') told(job, running);
  }
  cycleAtEndsUntil(Number.POSITIVE_INFINITY);
}

describe.each(Object.keys(trees))('a guarantee %s', (name) => {
  const treeOf = trees[name] ?? (() => ({}));
  const deploymentOf = (lend: boolean, window: number): SimulatedDeployment => new SimulatedDeployment(aPolicy({ shares: { limits: { nodes: NODES }, ...treeOf(lend) } }), window);

  it('that is lent is there for its owner when what ran as it asked has ended, whatever others ask for', () => {
    fc.assert(
      fc.property(someArrivals, fc.constantFrom(1, 1000), (arrivals, window) => {
        const asking: { job: SimulatedJob; running: readonly SimulatedJob[] }[] = [];
        play(deploymentOf(true, window), arrivals, (job, running) => asking.push({ job, running }));
        for (const { job, running } of asking) {
          const lastEndMs = Math.max(job.entry.submittedAtMs, ...running.map(({ endedMs }) => endedMs ?? 0));
          expect(job.startedMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(lastEndMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('that is not lent is there at once', () => {
    fc.assert(
      fc.property(someArrivals, fc.constantFrom(1, 1000), (arrivals, window) => {
        play(deploymentOf(false, window), arrivals, (job) => expect(job.startedMs).toBe(job.entry.submittedAtMs));
      }),
      { numRuns: 60 },
    );
  });
});
