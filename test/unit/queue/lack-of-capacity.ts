import type { Cooldown } from '../../../core/capacity/offering.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { SchedulerWorld } from './scheduler-world.ts';

export const TIMEOUT_MS = 600_000;
export const MINUTE_MS = 60_000;
/** Of a job that waits for capacity for so long. */
export const fields = { capacityTimeoutSeconds: TIMEOUT_MS / 1000 };
const scopes = ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => ({ kind: 'offering', offering: { instanceType: 'm6i.xlarge', zone, market: 'on-demand' } }) as const);

/** There is none, as somebody has found out now. */
export async function failed(world: SchedulerWorld, coolsMs: number, code = 'InsufficientInstanceCapacity'): Promise<void> {
  const nowMs = world.clock.now();
  await world.cooldowns.record(scopes.map((scope): Cooldown => ({ scope, code, failures: 5, sinceMs: nowMs, untilMs: epochMs(nowMs + coolsMs) })));
}

/** There is some again. */
export const back = (world: SchedulerWorld): void => world.table.cooldowns.clear();
