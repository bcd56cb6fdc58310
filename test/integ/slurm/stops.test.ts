import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { JobRef } from '../../../sdk/src/index.ts';
import type { FleetState } from '../cloud/fleet.ts';
import { gate } from '../cloud/gate.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { aSlurmCluster, batch, leftInSlurm } from './clusters.ts';
import { lives, written, type Lived } from './lived.ts';
import { kill, processes } from '../../slurm/processes.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { slurmIsHere, whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(600_000);

const workers = { count: 2, instanceType: 'c6i.large' };
const endless = { onRun: [batch('Work', 'echo here', 'srun sleep 500')], onPostRun: [leftInSlurm] };

let cloud: SharedCloud;
let cancelled: Promise<Lived>;
let alone: Promise<Lived>;
let outlived: Promise<Lived>;
let attached: Promise<Lived>;

async function cancels(): Promise<Lived> {
  const job = await cloud.jobs.submit(aSlurmCluster('cancelled', workers, { hooks: endless }));
  await cloud.jobs.writes(job, 'here');
  await cloud.jobs.cancel(job);
  return lives(cloud, job);
}

/** Without hooks behind the run the machines would go at once. */
async function cancelsTheRunAlone(): Promise<Lived> {
  const script = '#!/bin/bash\ntrap \'echo "saved its state"; exit 0\' TERM\necho here\nwhile :; do sleep 0.1; done\n';
  const job = await cloud.jobs.submit(aSlurmCluster('alone', workers, { hooks: { onRun: [{ name: 'Work', script, timeoutSeconds: 600 }] } }));
  await cloud.jobs.writes(job, 'here');
  await cloud.jobs.cancel(job);
  return lives(cloud, job);
}

async function outlives(): Promise<Lived> {
  const job = await cloud.jobs.submit(aSlurmCluster('outlived', workers, { hooks: endless, ttlSeconds: 60 }));
  const { configuringAt = '', ttlSeconds } = await cloud.jobs.reaches(job, ['CONFIGURING', 'RUNNING']);
  await eventually(`the time of job ${job.jobId} is over`, () => Promise.resolve(Date.now() > Date.parse(configuringAt) + ttlSeconds * 1000));
  await cloud.account.reconcile();
  return lives(cloud, job);
}

/** The command that started the run ends, and the batch job does not. */
async function losesItsCommand(): Promise<Lived> {
  const { wait, open } = await gate(cloud, `command-${randomUUID()}`);
  const job = await cloud.jobs.submit(aSlurmCluster('command', workers, { hooks: { onRun: [batch('Work', 'echo here', wait, 'echo ends')] } }));
  await cloud.jobs.writes(job, 'here');
  const [{ id } = { id: '' }] = await runCommands(job);
  if (killProcessesOf(id) === 0) throw new Error(`No process of command ${id} runs.`);
  await eventually(`another command is sent for job ${job.jobId}`, async () => (await runCommands(job)).length > 1);
  await open();
  return lives(cloud, job);
}

/** The commands that were sent for the run of a job. */
async function runCommands({ jobId }: JobRef): Promise<FleetState['commands']> {
  const { commands } = await cloud.fleet.state();
  return commands.filter(({ comment }) => comment.startsWith(`${jobId}/1/run`));
}

/** Kills what an agent has started for a command, and nothing that outlives commands; answers how many processes it was. */
function killProcessesOf(commandId: string): number {
  const theirs = processes().filter(({ line }) => line.includes(`/runs/${commandId}`));
  for (const { pid } of theirs) kill(pid);
  return theirs.length;
}

beforeAll(async () => {
  if (!slurmIsHere) return;
  cloud = await slurmCloud();
  cancelled = cancels();
  alone = cancelsTheRunAlone();
  outlived = outlives();
  attached = losesItsCommand();
  for (const life of [cancelled, alone, outlived, attached]) life.catch(() => undefined);
});

whereSlurmIs('the end of batch jobs by other hands')('a batch job', () => {
  it('that is cancelled is gone from Slurm when the post-run runs', async () => {
    const lived = await cancelled;

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'CANCELLED', reason: { code: 'Cancelled' } });
    expect(written(lived, 'Left')).toEqual(['left in Slurm: 0']);
    await leavesNothing(cloud, lived.job);
  });

  it('that is cancelled has its time to end where there is no post-run, too', async () => {
    const lived = await alone;

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'CANCELLED', reason: { code: 'Cancelled' } });
    expect(written(lived, 'Work')).toContain('saved its state');
    await leavesNothing(cloud, lived.job);
  });

  it('that outlives its time to live is, too', async () => {
    const lived = await outlived;

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'TIMED_OUT', reason: { code: 'TtlExceeded' } });
    expect(written(lived, 'Left')).toEqual(['left in Slurm: 0']);
    await leavesNothing(cloud, lived.job);
  });

  it('goes on when the command that started it is lost, and is attached to by another', async () => {
    const lived = await attached;
    const said = written(lived, 'Work');

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0, scheduler: { state: 'COMPLETED', restarts: 0 } });
    expect(said.filter((line) => /^(here|ends)$/.test(line))).toEqual(['here', 'ends']);
    expect(said.filter((line) => line.startsWith('Submitted batch job'))).toHaveLength(1);
    await leavesNothing(cloud, lived.job);
  });
});
