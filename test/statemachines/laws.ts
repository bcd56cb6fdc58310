import { expect } from '@jest/globals';
import { isTerminal, type JobState } from '../../core/lifecycle/states.ts';
import { isPath } from '../../core/lifecycle/transitions.ts';
import { jobTrace } from '../../core/trace/job-trace.ts';
import { isFailure } from '../../core/trace/verdict.ts';
import type { Job } from '../../core/job/job.ts';
import { flawsOf } from '../builders/trace.ts';
import type { InMemoryWorld } from './in-memory-world.ts';

/** States of a job's history, in order. */
export function statesOf(world: InMemoryWorld, id: string): readonly JobState[] {
  const job = [...world.table.jobs.values()].find((j) => j.jobId === id);
  const events = job === undefined ? [] : world.history(job.jobId);
  return ['PENDING', ...events.flatMap((event) => (event.to === undefined ? [] : [event.to]))];
}

/** Its trace is whole: one root, each span ended and within its parent, and the state marked that failed. */
function expectWholeTrace(world: InMemoryWorld, job: Job): void {
  const trace = jobTrace({ ...job, attempts: [] }, world.history(job.jobId));
  expect(flawsOf(trace)).toEqual([]);
  expect(trace.spans.filter(({ endMs }) => endMs === undefined)).toEqual([]);
  const hasFailed = trace.spans.some(({ subject, error }) => subject === 'state' && error !== undefined);
  expect(hasFailed || !isFailure(job.outcome)).toBe(true);
  const steps = world.history(job.jobId).flatMap(({ type, attempt, data }) => (type === 'StepStarted' ? [`${attempt} ${String(data?.['step'])}`] : []));
  expect(trace.spans.filter(({ subject }) => subject === 'step')).toHaveLength(new Set(steps).size);
}

/** What holds whatever went wrong: every job ended once and its trace is whole, nothing runs, no limit is held, no step ran twice. */
export async function expectLaws(world: InMemoryWorld): Promise<void> {
  for (const job of world.table.jobs.values()) {
    expect({ job: job.jobId, terminal: isTerminal(job.state), state: job.state }).toMatchObject({ terminal: true });
    expect(job.outcome).toBeDefined();
    expect(isPath(statesOf(world, job.jobId))).toBe(true);
    expectWholeTrace(world, job);
    expect(world.history(job.jobId).map((e) => e.number)).toEqual(world.history(job.jobId).map((_, i) => i + 1));
  }
  expect(await world.running()).toBe(0);
  expect(world.table.queue.size).toBe(0);
  expect(world.table.parked.size).toBe(0);
  expect(world.table.releases.size).toBe(0);
  for (const use of world.table.uses.values()) expect(use).toMatchObject({ runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: 0 });
  for (const lane of world.table.lanes.values()) expect(lane.pending).toBe(0);
  expect(new Set(world.commands.begun).size).toBe(world.commands.begun.length);
}
