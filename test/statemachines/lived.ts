import { expect } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import type { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws, statesOf } from './laws.ts';

/** Time goes on until a job is in a state, for a bounded time. */
export async function tickUntil(world: InMemoryWorld, id: JobId, state: JobState): Promise<void> {
  for (let n = 0; n < 40 && world.job(id).state !== state; n += 1) await world.tick(5);
  expect(world.job(id).state).toBe(state);
}

/** Everything comes to its end, and by the laws; answers the states that the job was in. */
export async function lived(world: InMemoryWorld, id: JobId): Promise<readonly JobState[]> {
  await world.live();
  await expectLaws(world);
  return statesOf(world, id);
}
