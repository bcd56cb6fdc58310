import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../local/paths.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { lives, workersOf, type Lived } from './lived.ts';
import { answersIn, answersOf, runMpi, switchesIn, switchesOf } from '../../slurm/mpi-program.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(600_000);

/** The users' own definition, as they gave it. */
const sample = join(repositoryRoot, '..', 'shared', 'manifests', 'protein-folding-gpu-cluster.yaml');
const namespace = 'research-and-development';
/** An MPI program on all workers; what it says is among the results, which the users' post-run hook uploads. */
const script = ['#!/bin/bash', 'set -euo pipefail', 'scontrol show topology', ...runMpi, 'wc -l < "$ORCH_NODE_LIST" > "$ORCH_RESULTS_DIR/nodes.txt"', ''].join('\n');

const isHere = existsSync(sample);
if (!isHere) {
  if (process.env['CI'] !== undefined) throw new Error(`${sample} is missing: CI has to prove that the users' sample runs.`);
  console.warn(`WARNING: ${sample} is missing, so that the users' sample runs is not tested.`);
}
const describeSample = isHere ? whereSlurmIs('the users\' sample on 65 hosts') : describe.skip;

/** Not enough Spot in any one zone for 64 workers, nor in all of them. */
const market = [
  { type: 'p4d.24xlarge', zone: 'us-east-1a', market: 'spot', capacity: 20 },
  { type: 'p4d.24xlarge', zone: 'us-east-1b', market: 'spot', capacity: 10 },
  { type: 'p4d.24xlarge', zone: 'us-east-1d', market: 'spot', capacity: 0 },
  { type: 'p3.16xlarge', zone: '*', market: 'spot', capacity: 0 },
  { type: 'p3.16xlarge', zone: 'us-east-1d', market: 'spot', capacity: 10 },
  { type: 'p4d.24xlarge', zone: '*', market: 'on-demand', capacity: 0 },
  { type: 'p3.16xlarge', zone: '*', market: 'on-demand', capacity: 30 },
] as const;

describeSample('the users\' sample, submitted byte for byte with a script', () => {
  let cloud: SharedCloud;
  let lived: Lived;

  beforeAll(async () => {
    cloud = await slurmCloud();
    await new S3Client({ ...cloud.account.client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'my-research-bucket' }));
    await cloud.fleet.changeMarket({ capacity: [...market] });
    const { jobId } = await cloud.client().submitJob(namespace, { manifest: readFileSync(sample, 'utf8'), script });
    lived = await lives(cloud, { namespace, jobId });
    console.info(timesOf(lived));
  });

  it('runs to DONE by way of POST_RUN and DESTROYING', () => {
    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0 });
    expect(lived.events.filter(({ type }) => type === 'StateChanged').map(({ to }) => to)).toEqual([
      'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE',
    ]);
  });

  it('has all its nodes, in three zones', () => {
    expect(lived.end.nodes).toHaveLength(65);
    expect(new Set(workersOf(lived).map(({ zone }) => zone))).toEqual(new Set(['us-east-1a', 'us-east-1b', 'us-east-1d']));
    expect(new Set(lived.end.nodes.map(({ market: how }) => how))).toEqual(new Set(['spot', 'on-demand']));
  });

  it('is told that another release of Slurm stands in for the one it asks for', () => {
    const { runtimeVersion = '' } = lived.end;
    expect(cloud.slurm).toContain(runtimeVersion);
    expect(lived.events.filter(({ type }) => type === 'RuntimeSubstituted').map(({ message }) => message)).toEqual([expect.stringContaining(`Slurm ${runtimeVersion} stands in for 23.02`)]);
  });

  it('is a batch job over all workers', () => {
    expect(lived.end.scheduler).toEqual({ id: expect.stringMatching(/^\d+$/), state: 'COMPLETED', nodes: 'gpu-workers-[0-63]', restarts: 0 });
  });

  it('has an answer of each rank, and one of each worker', () => {
    expect(answersIn(allWritten(lived))).toEqual(answersOf(workersOf(lived).map(({ name }) => name)));
  });

  it('sees the zones as the switches of its cluster', () => {
    expect(switchesIn(allWritten(lived))).toEqual(switchesOf(workersOf(lived)));
  });

  it('finds what its post-run hook has uploaded in the bucket', async () => {
    const s3 = new S3Client({ ...cloud.account.client, forcePathStyle: true });
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'my-research-bucket', Key: 'results/nodes.txt' }));
    expect((await body?.transformToString())?.trim()).toBe('65');
  });

  it('leaves nothing', async () => {
    await leavesNothing(cloud, lived.job);
  });
});

const allWritten = ({ logs }: Lived): readonly string[] => logs.map(({ message }) => message);

/** How long it was in each state. */
function timesOf({ events }: Lived): string {
  const changes = events.filter(({ type }) => type === 'StateChanged');
  const times = changes.slice(0, -1).map(({ to, at }, index) => `${to} ${((Date.parse(changes[index + 1]?.at ?? at) - Date.parse(at)) / 1000).toFixed(1)} s`);
  return `the users' sample on 65 hosts: ${times.join(', ')}`;
}
