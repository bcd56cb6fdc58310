import { eventually } from '../../../local/eventually.ts';
import type { JobRef } from '../../../sdk/src/index.ts';
import type { SharedCloud } from './shared-cloud.ts';

const patienceMs = 120_000;
/** Items that are there only while a job waits for something, by their keys. */
const waits = /^(QUEUE#|CYCLE PARKED#|CYCLE RELEASE#)/;

/** Waits until nothing is left of a job that ended: no instance, no place in the queue, no limit held, nothing to tend. */
export async function leavesNothing(cloud: SharedCloud, { jobId }: JobRef): Promise<void> {
  let left: readonly string[] = [];
  await eventually(`nothing is left of job ${jobId}`, async () => {
    left = await leftOf(cloud, jobId);
    return left.length === 0;
  }, { timeoutMs: patienceMs }).catch((error: unknown) => {
    throw new Error(`Left of job ${jobId}: ${left.join(', ')}`, { cause: error });
  });
}

async function leftOf(cloud: SharedCloud, jobId: string): Promise<readonly string[]> {
  const items = await cloud.account.items();
  const waiting = items.filter(({ pk, sk, jobId: owner }) => waits.test(`${pk} ${sk}`) && (owner === jobId || sk.includes(jobId)));
  const ofJob = items.filter(({ pk }) => pk === `JOB#${jobId}`);
  const held = ofJob.filter(({ sk, hold }) => sk === 'JOB' && hold !== undefined);
  const active = ofJob.filter(({ sk, gsi2pk }) => sk.startsWith('ATTEMPT#') && gsi2pk !== undefined);
  const instances = await cloud.fleet.liveOf(jobId);
  return [
    ...waiting.map(({ pk, sk }) => `${pk} ${sk}`),
    ...held.map(() => 'limits held'),
    ...active.map(({ sk }) => `active ${sk}`),
    ...instances.map(({ id, state }) => `${id} ${state}`),
  ];
}

/** Waits until the whole deployment is at rest: no instance lives, nobody waits, and every counter is zero. */
export async function isAtRest(cloud: SharedCloud): Promise<void> {
  let busy: readonly string[] = [];
  await eventually('the deployment is at rest', async () => {
    const items = await cloud.account.items();
    const { live } = await cloud.fleet.state();
    const counters = items.filter(({ pk, runningJobs, nodes, microUsdPerHour }) =>
      pk === 'CYCLE' && [runningJobs, nodes, microUsdPerHour].some((count) => count !== undefined && count !== 0));
    busy = [
      ...items.filter(({ pk, sk }) => waits.test(`${pk} ${sk}`)).map(({ pk, sk }) => `${pk} ${sk}`),
      ...counters.map((share) => JSON.stringify(share)),
      ...(live === 0 ? [] : [`${live} instances`]),
    ];
    return busy.length === 0;
  }, { timeoutMs: patienceMs }).catch((error: unknown) => {
    throw new Error(`Not at rest: ${busy.join(', ')}`, { cause: error });
  });
}
