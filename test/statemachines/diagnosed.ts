import { diagnose } from '../../core/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../core/diagnosis/diagnosis.ts';
import type { JobId } from '../../core/job/ids.ts';
import type { SchedulerReport } from '../../core/job/job.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import type { JobLogs } from '../../core/ports/job-logs.ts';
import { caseOf } from '../../lambdas/api/diagnose-job/job-case.ts';
import { silentLog, ZONES } from '../builders/capacity.ts';
import type { InMemoryWorld } from './in-memory-world.ts';
import { until } from './loss-story.ts';
import { aManifest } from './manifests.ts';

type Spec = Parameters<typeof aManifest>[0];

const noLogs: JobLogs = { read: async () => ({ items: [] }) };

/** What is said of a job as the API says it: from what the product itself has written. */
export async function why(world: InMemoryWorld, id: JobId, logs: JobLogs = noLogs): Promise<Diagnosis> {
  const { store, log: _log, ...ports } = world.ports;
  return diagnose(await caseOf({ ...ports, scheduler: store, logs, log: silentLog }, world.job(id)));
}

export const submit = async (world: InMemoryWorld, spec: Spec = {}): Promise<JobId> => world.submit(aManifest(spec), 'job-a');

/** What is said of a job when it has come to its end. */
export async function lived(world: InMemoryWorld, spec: Spec = {}, most?: number): Promise<Diagnosis> {
  const id = await submit(world, spec);
  await world.live(most);
  return why(world, id);
}

export const tickUntil = (world: InMemoryWorld, id: JobId, state: JobState): Promise<void> => until(world, () => world.job(id).state === state);
export const emptyMarket = (world: InMemoryWorld): void => ZONES.forEach((zone) => world.stock(zone, 0));

/** Every node ends a step in the same way, or those for which something is so. */
export function ending(world: InMemoryWorld, name: string, end: { readonly exitCode: number; readonly tail?: string; readonly scheduler?: SchedulerReport }, on: (rank: number) => boolean = () => true): void {
  world.commands.endOf = ({ step }, { rank }) => (step.name === name && on(rank) ? { status: 'exited', tail: '', ...end } : { status: 'exited', exitCode: 0, tail: '' });
}
