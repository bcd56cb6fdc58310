import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import type { LimitRelease } from '../../../core/lifecycle/change.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { LaneKey, LeafKey } from '../../../core/queue/lane.ts';
import type { ShareUse } from '../../../core/scheduling/snapshot.ts';
import { queued, stored } from './submissions.ts';
import { deeds, Traffic } from './traffic.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const plenty = 1_000;

const byId = (a: { readonly jobId: string }, b: { readonly jobId: string }): number => (a.jobId < b.jobId ? -1 : 1);
const leaf = ({ namespace, user }: LeafKey): string => `${namespace}#${user}`;
const lane = (key: LaneKey): string => `${leaf(key)}#${key.lane}`;

/** What the counters must say: all that is held, and all whose release is not counted yet. */
function expectedUses(jobs: readonly Job[], releases: readonly LimitRelease[]): ReadonlyMap<string, object> {
  const held = jobs.flatMap(({ namespace, user, demand, hold }) => (hold === undefined ? [] : [{ namespace, user, amounts: demand, hold }]));
  const groups = Map.groupBy([...held, ...releases], leaf);
  return new Map(
    [...groups].map(([key, group]) => {
      const sum = (amount: 'nodes' | 'vcpus' | 'gpus' | 'microUsdPerHour'): number => group.reduce((total, { amounts }) => total + amounts[amount], 0);
      const quota = group.reduce((total, { hold }) => total + (hold.quotas['P/on-demand'] ?? 0), 0);
      return [key, { runningJobs: group.length, nodes: sum('nodes'), vcpus: sum('vcpus'), gpus: sum('gpus'), microUsdPerHour: sum('microUsdPerHour'), quota }];
    }),
  );
}

function countedUses(uses: readonly ShareUse[]): ReadonlyMap<string, object> {
  const moved = uses.map(({ namespace, user, runningJobs, nodes, vcpus, gpus, microUsdPerHour, quotas }) => {
    return [leaf({ namespace, user }), { runningJobs, nodes, vcpus, gpus, microUsdPerHour, quota: quotas['P/on-demand'] ?? 0 }] as const;
  });
  return new Map(moved.filter(([, amounts]) => Object.values(amounts).some((amount) => amount !== 0)));
}

async function expectLaw(world: StoreWorld, traffic: Traffic): Promise<void> {
  const jobs = await Promise.all(traffic.ids.map((id) => stored(world, id)));
  const { lanes, uses, parked, releases } = await world.scheduler.overview();

  // Nothing that waits is overlooked, and nothing else is found; as nobody died on the way in or out, the counts are exact.
  const pending = jobs.filter((job) => job.state === 'PENDING').map(queueEntryOf);
  expect((await queued(world)).toSorted(byId)).toEqual(pending);
  const waiting = Map.groupBy(pending, lane);
  expect(new Map(lanes.filter((known) => known.pending !== 0).map((known) => [lane(known), known.pending]))).toEqual(
    new Map([...waiting].map(([key, entries]) => [key, entries.length])),
  );
  for (const entry of parked) {
    expect(jobs.find((job) => job.jobId === entry.jobId)).toMatchObject({ state: 'ACQUIRING_CAPACITY', attempt: entry.attempt });
  }
  for (const job of jobs) {
    if (['PENDING', 'PROVISIONING_FAILED', 'DONE'].includes(job.state)) expect(job.hold).toBeUndefined();
  }
  expect(countedUses(uses)).toEqual(expectedUses(jobs, releases));
}

async function expectHistories(world: StoreWorld, traffic: Traffic): Promise<void> {
  for (const id of traffic.ids) {
    const [job, { items }] = await Promise.all([stored(world, id), world.jobs.events(id, plenty)]);
    expect(items.map((event: JobEvent) => event.number)).toEqual(Array.from({ length: job.eventCount }, (_, i) => i + 1));
  }
}

/** The law of the queue holds after every deed, whatever races, repeats or dies. */
export const invariantsContract =
  (numRuns: number, maxLength: number) =>
  (newWorld: NewWorld): void => {
    describe('the law of the queue', () => {
      it(
        'holds after any sequence of submissions, grants, turns, ends, releases, take-overs and recounts',
        async () => {
          await fc.assert(
            fc.asyncProperty(fc.array(deeds, { minLength: maxLength / 2, maxLength, size: 'max' }), async (sequence) => {
              const world = await newWorld();
              const traffic = new Traffic(world);
              for (const deed of sequence) {
                await traffic.play(deed);
                await expectLaw(world, traffic);
              }
              await expectHistories(world, traffic);
            }),
            { numRuns, seed: 1_234, endOnFailure: true },
          );
        },
        120_000,
      );
    });
  };
