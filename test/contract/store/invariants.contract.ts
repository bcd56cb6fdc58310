import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import { queueEntryOf } from '../../../core/lifecycle/retry.ts';
import type { ShareUse } from '../../../core/scheduling/plan-cycle.ts';
import { after, stored } from './submissions.ts';
import { deeds, Traffic } from './traffic.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const plenty = 1_000;

const byId = (a: { readonly jobId: string }, b: { readonly jobId: string }): number => (a.jobId < b.jobId ? -1 : 1);

/** What the counters must say: all who hold limits, and all whose release is not counted yet. */
async function expectedUses(world: StoreWorld, jobs: readonly Job[]): Promise<ReadonlyMap<string, Omit<ShareUse, 'namespace'>>> {
  const held = [...jobs.filter((job) => job.holdsLimits), ...(await world.scheduler.releases(plenty))];
  const groups = Map.groupBy(held, (holder) => holder.namespace);
  return new Map(
    [...groups].map(([namespace, group]) => [
      namespace,
      {
        runningJobs: group.length,
        nodes: group.reduce((sum, { demand }) => sum + demand.nodes, 0),
        microUsdPerHour: group.reduce((sum, { demand }) => sum + demand.microUsdPerHour, 0),
      },
    ]),
  );
}

async function expectLaw(world: StoreWorld, traffic: Traffic): Promise<void> {
  const jobs = await Promise.all(traffic.ids.map((id) => stored(world, id)));
  const { queues, uses, parked } = await world.scheduler.snapshot(plenty, after(0));

  const pending = jobs.filter((job) => job.state === 'PENDING');
  expect(queues.flatMap(({ entries }) => entries).sort(byId)).toEqual(pending.map(queueEntryOf));
  for (const entry of parked) {
    expect(jobs.find((job) => job.jobId === entry.jobId)).toMatchObject({ state: 'ACQUIRING_CAPACITY', attempt: entry.attempt });
  }
  for (const job of jobs) {
    if (['PENDING', 'PROVISIONING_FAILED', 'DONE'].includes(job.state)) expect(job.holdsLimits).toBe(false);
  }
  const expected = await expectedUses(world, jobs);
  const moved = uses.filter((use) => use.runningJobs !== 0 || use.nodes !== 0 || use.microUsdPerHour !== 0);
  expect(new Map(moved.map(({ namespace, ...use }) => [namespace, use]))).toEqual(expected);
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
        'holds after any sequence of submissions, grants, turns, ends, releases and take-overs',
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
