import { expect } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { unitName } from '../../core/runtimes/node-step.ts';
import type { InMemoryWorld } from './in-memory-world.ts';
import { aManifest } from './manifests.ts';
import { hanging } from './step-ends.ts';

export const replace = '  onNodeLoss: Replace';

/** Lets time pass until something is so. */
export async function until(world: InMemoryWorld, what: () => boolean): Promise<void> {
  for (let n = 0; n < 60 && !what(); n += 1) await world.tick(5);
  expect(what()).toBe(true);
}

/** How often a step of that name was sent. */
export const sent = (world: InMemoryWorld, step: string): number => world.commands.sent.filter((dispatch) => dispatch.step.name === step).length;

/** Types of the entries in a job's history. */
export const told = (world: InMemoryWorld, id: JobId): readonly string[] => world.history(id).map(({ type }) => type);

/** A job in the middle of a step that does not end before the test says so. */
export async function inStep(world: InMemoryWorld, step: string, spec: { readonly more: string; readonly hooks?: string; readonly workers?: string; readonly runtime?: 'Slurm' }, change = (yaml: string) => yaml, name = 'job-a'): Promise<JobId> {
  world.commands.endOf = hanging(step);
  const before = sent(world, step);
  const id = await world.submit(change(aManifest(spec)), name);
  await until(world, () => sent(world, step) > before);
  return id;
}

/** The first step of the run, as its unit on the head node is called. */
export const unitOfRun = (world: InMemoryWorld, id: JobId): string => unitName(id, world.job(id).attempt, 'run', 0);

/** The step that hung ends well on every node on which it began, and hangs no more. */
export function letGo(world: InMemoryWorld): void {
  world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
  const nodes = [...world.table.nodes.values()].flat();
  for (const key of world.commands.begun) {
    const [instance, unit = ''] = key.split('/');
    const node = nodes.find(({ instanceId }) => instanceId === instance);
    if (node !== undefined) world.commands.end(node, unit, { status: 'exited', exitCode: 0, tail: '' });
  }
}
