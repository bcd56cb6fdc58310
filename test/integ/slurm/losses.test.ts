import { beforeAll, expect, it, jest } from '@jest/globals';
import type { JobRef } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { aSlurmCluster, batch, leftInSlurm } from './clusters.ts';
import { lives, written, type Lived } from './lived.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { slurmIsHere, whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(600_000);

/** Runs until it loses a node; begun again, it ends well. */
const work = batch('Work', 'srun bash -c \'echo "run ${SLURM_RESTART_COUNT:-0} on $ORCH_NODE"\'', 'if [ "${SLURM_RESTART_COUNT:-0}" -eq 0 ]; then echo here; sleep 500; fi');

/** Counts until it is told that a node goes, and notes how far it has come; begun again, it goes on from there. */
const counting = batch('Work',
  'count=$(cat /data/checkpoint 2> /dev/null || echo 0)',
  'echo "begins at $count"',
  'trap \'echo "$count" > /data/checkpoint; echo "notes $count"\' USR1',
  'if [ "$count" -eq 0 ]; then echo here; while :; do count=$((count + 1)); sleep 0.2 & wait $! || true; done; fi',
  'srun hostname');

let cloud: SharedCloud;

/** The instance of the last worker: batch scripts run on the first. */
async function lastWorker(job: JobRef): Promise<string> {
  const { nodes } = await cloud.jobs.get(job);
  const { instanceId } = nodes.find(({ name }) => name === 'workers-2') ?? {};
  if (instanceId === undefined) throw new Error(`Job ${job.jobId} has no third worker.`);
  return instanceId;
}

async function kill(job: JobRef): Promise<number> {
  const instanceId = await lastWorker(job);
  const killedAtMs = Date.now();
  await cloud.fleet.breaks(job.jobId, { kind: 'instanceDies', instanceId, count: 1 });
  return killedAtMs;
}

/** A job that loses its last worker while it runs. */
interface Loss {
  readonly lived: Lived;
  readonly killedAtMs: number;
}

async function loses(name: string, onNodeLoss: 'Requeue' | 'Fail'): Promise<Loss> {
  const job = await cloud.jobs.submit(aSlurmCluster(name, { count: 3, instanceType: 'c6i.large' }, { onNodeLoss, hooks: { onRun: [work], onPostRun: [leftInSlurm] } }));
  await cloud.jobs.writes(job, 'here');
  const killedAtMs = await kill(job);
  return { killedAtMs, lived: await lives(cloud, job) };
}

async function isNoticed(): Promise<Lived> {
  const job = await cloud.jobs.submit(aSlurmCluster('noticed', { count: 3, instanceType: 'c6i.large', purchaseOption: 'Spot' }, { onNodeLoss: 'Requeue', hooks: { onRun: [counting] } }));
  await cloud.jobs.writes(job, 'here');
  await cloud.fleet.interrupt(await lastWorker(job));
  return lives(cloud, job);
}

/** Seconds from a time until a step wrote such a line for the first time. */
function secondsUntil({ logs }: Lived, fromMs: number, step: string, line: RegExp): string {
  const at = logs.find((entry) => entry.step === step && line.test(entry.message))?.at;
  return at === undefined ? 'never' : `${((Date.parse(at) - fromMs) / 1000).toFixed(1)} s`;
}

let requeued: Promise<Loss>;
let failed: Promise<Loss>;
let noticed: Promise<Lived>;

beforeAll(async () => {
  if (!slurmIsHere) return;
  cloud = await slurmCloud();
  requeued = loses('requeue', 'Requeue');
  failed = loses('fail', 'Fail');
  noticed = isNoticed();
  for (const loss of [requeued, failed, noticed]) loss.catch(() => undefined);
});

whereSlurmIs('lost workers')('a worker that is killed while a batch job runs', () => {
  it('is replaced, and Slurm runs the job again', async () => {
    const { lived, killedAtMs } = await requeued;
    const said = written(lived, 'Work');
    console.info(`a killed worker: DOWN after ${secondsUntil(lived, killedAtMs, 'Tell Slurm of lost nodes', /workers-2 .*down/)}, the job runs again after ${secondsUntil(lived, killedAtMs, 'Work', /^run 1/)}`);

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', attempt: 1, scheduler: { state: 'COMPLETED', nodes: 'workers-[0-2]', restarts: 1 } });
    expect(lived.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['NodeLost', 'NodeReplaced']));
    expect(said.filter((line) => line.startsWith('run 1')).toSorted()).toEqual([0, 1, 2].map((rank) => `run 1 on workers-${rank}`));
    expect(written(lived, 'Left')).toEqual(['left in Slurm: 0']);
    await leavesNothing(cloud, lived.job);
  });

  it('ends a job that says nothing of it, with the name of the node', async () => {
    const { lived } = await failed;
    const { end, events, job } = lived;

    expect(end).toMatchObject({ state: 'DONE', outcome: 'INTERRUPTED', attempt: 1, reason: { code: 'NodeLost', message: expect.stringContaining('workers-2') } });
    expect(events.flatMap(({ to }) => to ?? [])).toContain('RUN_FAILED');
    expect(written(lived, 'Left')).toEqual(['left in Slurm: 0']);
    await leavesNothing(cloud, job);
  });
});

whereSlurmIs('the notice of Spot nodes')('a batch job of which EC2 takes a node back', () => {
  it('is told in time to write down how far it has come, and goes on from there on the replacement', async () => {
    const lived = await noticed;
    const said = written(lived, 'Work');
    const noted = said.find((line) => line.startsWith('notes '))?.slice('notes '.length);

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', attempt: 1, scheduler: { restarts: 1 } });
    expect(lived.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['NodeInterrupted', 'NodeLost', 'NodeReplaced']));
    expect(noted).toMatch(/^[1-9]\d*$/);
    expect(said).toContain(`begins at ${noted ?? ''}`);
    expect(said.filter((line) => line.startsWith('workers-')).toSorted()).toEqual(['workers-0', 'workers-1', 'workers-2']);
    await leavesNothing(cloud, lived.job);
  });
});
