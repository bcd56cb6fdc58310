import { beforeAll, expect, it, jest } from '@jest/globals';
import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { aSlurmCluster, batch, leftInSlurm, zones } from './clusters.ts';
import { lives, workersOf, written, type Lived } from './lived.ts';
import { answersIn, answersOf, runMpi, switchesIn, switchesOf } from '../../slurm/mpi-program.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { bothSlurmsAreHere, slurmIsHere, whereBothSlurmsAre, whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(600_000);

const threeZones = { count: 3, purchaseOption: 'OnDemand' } as const;
const mpi = batch('Work', 'slurmctld -V', 'scontrol show config | grep PMIxCollFence', 'scontrol show topology', 'srun --ntasks-per-node=1 bash -c \'echo "task on $ORCH_NODE of $ORCH_POOL"\'', ...runMpi);
const release = (version: string, instanceType: string): ClusterDefinition =>
  aSlurmCluster(`release-${version.replace('.', '-')}`, { ...threeZones, instanceType }, { runtime: { type: 'Slurm', version }, hooks: { onRun: [mpi] } });

/** A job of each kind; they run at once. */
const manifests: Readonly<Record<string, ClusterDefinition>> = {
  older: release('22.05', 'c6i.xlarge'),
  ...(bothSlurmsAreHere ? { newer: release('24.11', 'c6i.2xlarge') } : {}),
  failing: aSlurmCluster('exits', { count: 2, instanceType: 'c6i.large' }, {
    hooks: { onRun: [batch('Work', 'echo works', 'exit 7')], onPostRun: [leftInSlurm] },
  }),
  refused: aSlurmCluster('depends', { count: 1, instanceType: 'c6i.large' }, {
    hooks: { onRun: [{ ...batch('Work'), script: '#!/bin/bash\n#SBATCH --dependency=afterok:99\necho never\n' }] },
  }),
  single: aSlurmCluster('single', { count: 2, instanceType: 'c6i.large' }, {
    placement: { region: 'us-east-1', availabilityZones: zones, spread: 'Single' },
    hooks: { onRun: [{ ...batch('Work'), script: '#!/bin/bash\n#SBATCH --switches=1\nscontrol show topology\nsrun hostname\n' }] },
  }),
  switched: aSlurmCluster('switched', { count: 3, instanceType: 'm5.xlarge' }, {
    hooks: { onRun: [{ ...batch('Work'), script: '#!/bin/bash\n#SBATCH --nodes=2\n#SBATCH --switches=1\nscontrol show topology\nsrun hostname\n' }] },
  }),
};

let cloud: SharedCloud;
const living = new Map<string, Promise<Lived>>();

async function lived(kind: string): Promise<Lived> {
  return living.get(kind) ?? Promise.reject(new Error(kind));
}

beforeAll(async () => {
  if (!slurmIsHere) return;
  cloud = await slurmCloud();
  // Two of the workers in one zone, one in another.
  await cloud.fleet.changeMarket({ capacity: [
    { type: 'm5.xlarge', zone: '*', market: 'on-demand', capacity: 0 },
    { type: 'm5.xlarge', zone: 'us-east-1a', market: 'on-demand', capacity: 1 },
    { type: 'm5.xlarge', zone: 'us-east-1b', market: 'on-demand', capacity: 2 },
  ] });
  for (const [kind, manifest] of Object.entries(manifests)) {
    const life = cloud.jobs.submit(manifest).then((job) => lives(cloud, job));
    life.catch(() => undefined);
    living.set(kind, life);
  }
});

whereSlurmIs('batch jobs through the deployed stack')('a batch job', () => {
  it('that exits with 7 fails the run with that code, and its post-run runs', async () => {
    const failing = await lived('failing');
    expect(failing.end).toMatchObject({ state: 'DONE', outcome: 'FAILED', exitCode: 7, reason: { code: 'StepFailed' }, scheduler: { state: 'FAILED', nodes: 'workers-[0-1]', restarts: 0 } });
    expect(failing.events.flatMap(({ to }) => to ?? [])).toEqual(expect.arrayContaining(['RUN_FAILED', 'POST_RUN']));
    expect(written(failing, 'Work')).toContain('works');
    expect(written(failing, 'Left')).toEqual(['left in Slurm: 0']);
    await leavesNothing(cloud, failing.job);
  });

  it('that sbatch refuses fails the run in its words', async () => {
    const { end, logs } = await lived('refused');
    expect(end).toMatchObject({ state: 'DONE', outcome: 'FAILED', reason: { code: 'StepFailed', message: expect.stringContaining('dependency problem') } });
    expect(logs.map(({ message }) => message)).not.toContain('never');
  });

  it('that may stand in one zone only has one switch', async () => {
    const single = await lived('single');
    expect(single.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(Object.keys(switchesIn(written(single, 'Work')))).toEqual([workersOf(single)[0]?.zone]);
    await leavesNothing(cloud, single.job);
  });

  it('that asks for one switch gets nodes of one zone', async () => {
    const switched = await lived('switched');
    const used = workersOf(switched).filter(({ name }) => written(switched, 'Work').includes(name));
    expect(switched.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(Object.keys(switchesIn(written(switched, 'Work'))).toSorted()).toEqual(['us-east-1a', 'us-east-1b']);
    expect(used.map(({ zone }) => zone)).toEqual(['us-east-1b', 'us-east-1b']);
    await leavesNothing(cloud, switched.job);
  });
});

whereBothSlurmsAre('two releases of Slurm')('a job that asks for a release', () => {
  it.each([['22.05', 'older'], ['24.11', 'newer']])('gets Slurm %s, over three zones, with srun and MPI', async (version, kind) => {
    const job = await lived(kind);
    const said = written(job, 'Work');
    const names = workersOf(job).map(({ name }) => name);
    console.info(`${version}: ${said.find((line) => line.startsWith('slurm')) ?? ''} ran ${names.length} ranks`);

    expect(job.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', runtimeVersion: expect.stringContaining(version), scheduler: { state: 'COMPLETED' } });
    expect(said).toContainEqual(expect.stringMatching(new RegExp(`^slurm(-wlm)? ${version.replace('.', '\\.')}\\.`)));
    expect(said).toContainEqual(expect.stringMatching(/^PMIxCollFence\s*= ring$/));
    expect(new Set(workersOf(job).map(({ zone }) => zone))).toEqual(new Set(zones));
    expect(said.filter((line) => line.startsWith('task on')).toSorted()).toEqual(names.map((name) => `task on ${name} of workers`).toSorted());
    expect(answersIn(said)).toEqual(answersOf(names));
    expect(switchesIn(said)).toEqual(switchesOf(workersOf(job)));
    await leavesNothing(cloud, job.job);
  });
});
