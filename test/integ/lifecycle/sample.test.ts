import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../local/paths.ts';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(600_000);

/** The users' own definition, as they gave it. */
const sample = join(repositoryRoot, '..', 'shared', 'manifests', 'protein-folding-gpu-cluster.yaml');
const namespace = 'research-and-development';
const job = ['#!/bin/bash', 'mkdir -p "$ORCH_RESULTS_DIR"', 'wc -l < "$ORCH_NODE_LIST" > "$ORCH_RESULTS_DIR/nodes.txt"', ''].join('\n');

const isHere = existsSync(sample);
if (!isHere) {
  if (process.env['CI'] !== undefined) throw new Error(`${sample} is missing: CI has to prove that the users' sample runs.`);
  console.warn(`WARNING: ${sample} is missing, so that the users' sample runs is not tested.`);
}

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

(isHere ? describe : describe.skip)('the users\' sample, submitted byte for byte with a script', () => {
  let cloud: SharedCloud;
  let ref: JobRef;
  let end: JobDetail;

  beforeAll(async () => {
    cloud = await sharedCloud();
    await new S3Client({ ...cloud.account.client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'my-research-bucket' }));
    await cloud.fleet.changeMarket({ capacity: [...market] });
    const answer = await cloud.client().submitJob(namespace, { manifest: readFileSync(sample, 'utf8'), script: job });
    ref = { namespace, jobId: answer.jobId };
    end = await cloud.jobs.ends(ref, 480_000);
  });

  it('runs to DONE by way of POST_RUN and DESTROYING', async () => {
    expect(end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0 });
    const events = await cloud.jobs.events(ref);
    expect(events.filter(({ type }) => type === 'StateChanged').map(({ to }) => to)).toEqual([
      'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE',
    ]);
  });

  it('has all its nodes, wherever they were to be had', async () => {
    expect(end.nodes).toHaveLength(65);
    expect(new Set(end.nodes.map(({ zone }) => zone)).size).toBeGreaterThan(1);
    expect(new Set(end.nodes.map(({ market: how }) => how))).toEqual(new Set(['spot', 'on-demand']));
  });

  it('is told that its steps run without Slurm', async () => {
    await cloud.jobs.happens(ref, 'RuntimeSubstituted', 1_000);
  });

  it('finds what its post-run hook has uploaded in the bucket', async () => {
    const s3 = new S3Client({ ...cloud.account.client, forcePathStyle: true });
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'my-research-bucket', Key: 'results/nodes.txt' }));
    expect((await body?.transformToString())?.trim()).toBe('65');
  });

  it('leaves nothing', async () => {
    await leavesNothing(cloud, ref);
  });
});
