import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Load, LoadJob } from '../../../../benchmarks/replay/load.ts';
import { contenders } from '../../../../benchmarks/replay/policies.ts';
import { simulate } from '../../../../benchmarks/replay/simulate.ts';
import { aLoad, type TestJob } from './sketches.ts';

type Name = (typeof contenders)[number]['name'];

/** When each job started, in seconds after the load began, by its number; and the most that was ever held. */
function replayed(load: Load, name: Name): { readonly starts: ReadonlyMap<string, number>; readonly most: number; readonly events: readonly string[] } {
  const contender = contenders.find((one) => one.name === name) ?? contenders[0];
  const began = load.jobs[0]?.entry.submittedAtMs ?? 0;
  const starts = new Map<string, number>();
  const events: string[] = [];
  let [held, most] = [0, 0];
  const note = (what: string, { entry }: LoadJob): number => events.push(`${what} ${entry.jobId}`);
  simulate(load, contender, {
    timeGoesOn: () => { most = Math.max(most, held); },
    submitted: (job) => { note('submitted', job); },
    started: (job, atMs) => { note('started', job); starts.set(String(Number(job.entry.jobId)), (atMs - began) / 1000); held += job.entry.demand.nodes; },
    ended: (job) => { note('ended', job); held -= job.entry.demand.nodes; },
  });
  return { starts, most, events };
}

const startsOf = (load: Load, name: Name): (number | undefined)[] => {
  const { starts } = replayed(load, name);
  return load.jobs.map((_, number) => starts.get(String(number)));
};

describe('a replay', () => {
  const blocked: readonly TestJob[] = [{ units: 3, runs: 10, bound: 10 }, { at: 1, units: 4, bound: 10 }, { at: 2, units: 1, runs: 5, bound: 8 }];

  it('lets nobody pass the first job that waits, without backfill', () => {
    expect(startsOf(aLoad(4, blocked), 'fifo')).toEqual([0, 10, 20]);
  });

  it('lets a short job pass that is over before the first one starts, with backfill', () => {
    expect(startsOf(aLoad(4, blocked), 'fifo+backfill')).toEqual([0, 10, 2]);
  });

  it('lets no job pass of which nobody knows how long it takes', () => {
    const unbounded = blocked.map(({ bound: _bound, ...job }) => job);
    expect(startsOf(aLoad(4, unbounded), 'fifo+backfill')).toEqual([0, 10, 20]);
  });

  it('starts by priority where that decides', () => {
    const load = aLoad(1, [{ runs: 10 }, { at: 1, priority: 200 }, { at: 2, priority: 800 }]);
    expect(startsOf(load, 'priority')).toEqual([0, 20, 10]);
    expect(startsOf(load, 'fifo')).toEqual([0, 10, 20]);
  });

  it('starts the user who had less where the fair share decides', () => {
    const load = aLoad(1, [{ runs: 100 }, { at: 1, runs: 100 }, { at: 2, runs: 100 }, { at: 3, user: 'bob', runs: 100 }]);
    expect(startsOf(load, 'fair-share+backfill')).toEqual([0, 200, 300, 100]);
  });

  it('ends a job at its bound, as a machine does', () => {
    expect(startsOf(aLoad(1, [{ runs: 60, bound: 30 }, { at: 1 }]), 'fifo')).toEqual([0, 30]);
  });

  it('fails rather than leave out a job that never starts', () => {
    expect(() => startsOf(aLoad(2, [{ units: 3 }]), 'fifo')).toThrow('1 jobs never started');
  });
});

describe('whatever the load and the policy, a replay', () => {
  const job = fc.record({
    user: fc.constantFrom('ada', 'bob', 'cyd'), at: fc.nat(60), units: fc.integer({ min: 1, max: 4 }), runs: fc.integer({ min: 1, max: 40 }),
    priority: fc.constantFrom(100, 500, 900), bound: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  });
  const jobs = fc.array(job, { minLength: 1, maxLength: 40 }).map((list) => list.map(({ bound, ...rest }): TestJob => (bound === undefined ? rest : { ...rest, bound })));
  const names = fc.constantFrom(...contenders.map(({ name }) => name));

  it('never holds more than the machine has', () => {
    fc.assert(fc.property(jobs, names, (list, name) => {
      expect(replayed(aLoad(4, list), name).most).toBeLessThanOrEqual(4);
    }));
  });

  it('runs every job once: it is submitted, then starts, then ends', () => {
    fc.assert(fc.property(jobs, names, (list, name) => {
      const load = aLoad(4, list);
      const { events } = replayed(load, name);
      for (const { entry } of load.jobs) {
        expect(events.filter((event) => event.endsWith(` ${entry.jobId}`))).toEqual(['submitted', 'started', 'ended'].map((what) => `${what} ${entry.jobId}`));
      }
    }));
  });

  it('goes the same way each time', () => {
    fc.assert(fc.property(jobs, names, (list, name) => {
      expect(replayed(aLoad(4, list), name).events).toEqual(replayed(aLoad(4, list), name).events);
    }), { numRuns: 30 });
  });

  it('leaves no core idle that the next job could have, without backfill', () => {
    fc.assert(fc.property(jobs, (list) => {
      const load = aLoad(4, list.map(({ units: _units, ...rest }) => rest));
      const { starts } = replayed(load, 'fifo');
      const inOrder = load.jobs.map(({ entry }) => starts.get(String(Number(entry.jobId))) ?? -1);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    }));
  });
});
