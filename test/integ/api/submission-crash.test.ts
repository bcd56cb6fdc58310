import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import { OrchestratorClient, type JobRef, type SubmittedJob } from '../../../sdk/src/index.ts';
import { region } from '../../../local/environment-file.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import type { TableItem } from '../cloud/account.ts';
import { killWorkers } from '../cloud/function-workers.ts';
import { newNamespace, nowhereToBeHad } from './submissions.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('crash');
const submissions = 16;
/** More follow until one was killed, since a busy machine looks for them late. */
const mostSubmissions = 200;

let cloud: SharedCloud;
beforeAll(async () => {
  cloud = await sharedCloud();
});

describe('submissions whose function is killed again and again', () => {
  let jobs: SubmittedJob[];
  let killed = 0;
  let submitted = 0;

  beforeAll(async () => {
    // As a user's client does: each request is sent again, with its key, until it is answered.
    const client = new OrchestratorClient({ endpoint: cloud.apiUrl, region, credentials: cloud.researcher, maxAttempts: 20 });
    let isOver = false;
    // Two at a time, so that it takes a while and the killer finds them at it.
    const submitSome = async (): Promise<SubmittedJob[]> => {
      const answered: SubmittedJob[] = [];
      while (submitted < (killed === 0 ? mostSubmissions : submissions)) {
        submitted += 1;
        answered.push(await client.submitJob(namespace, { manifest: { ...nowhereToBeHad(namespace, `crash-${submitted}`) }, script: 'echo' }));
      }
      return answered;
    };
    const answers = Promise.all([submitSome(), submitSome()]).finally(() => { isOver = true; });
    for (const stored of [1, 4, 8]) {
      await eventually(`${stored} jobs are stored`, async () => isOver || (await jobItems()).length >= stored);
      if (!isOver) killed += await killWorkers(cloud, 'ApiSubmitJob');
    }
    jobs = (await answers).flat();
  });

  afterAll(async () => {
    const left: readonly JobRef[] = (await jobItems()).map(({ pk }) => ({ namespace, jobId: pk.slice('JOB#'.length) }));
    for (const job of left) await cloud.jobs.cancel(job);
    for (const job of left) await cloud.jobs.ends(job);
    for (const job of left) await leavesNothing(cloud, job);
  });

  async function jobItems(): Promise<readonly TableItem[]> {
    return (await cloud.account.items('JOB#')).filter(({ sk, gsi1pk }) => sk === 'JOB' && gsi1pk === namespace);
  }

  it('make one job each', async () => {
    expect(killed).toBeGreaterThan(0);
    expect(jobs.map(({ manifest }) => manifest.name).toSorted()).toEqual(Array.from({ length: submitted }, (_, i) => `crash-${i + 1}`).toSorted());
    expect((await jobItems()).map(({ pk }) => pk).toSorted()).toEqual(jobs.map(({ jobId }) => `JOB#${jobId}`).toSorted());
  });

  it('leave all of a job: its history, its script, its manifest, its place in the queue until it is started', async () => {
    const items = await cloud.account.items();
    const has = (pk: string, sk: string) => items.some((item) => item.pk === pk && item.sk === sk);
    for (const { jobId, manifest } of jobs) {
      const isQueued = items.some(({ pk, sk }) => pk.startsWith(`QUEUE#${namespace}#`) && sk.endsWith(jobId));
      const isStarted = has(`JOB#${jobId}`, 'ATTEMPT#0001');
      const all = [has(`JOB#${jobId}`, 'EVENT#00000001'), has(`JOB#${jobId}`, 'SCRIPT'), has(`MANIFEST#${namespace}#${manifest.name}`, 'VERSION#00000001'), isQueued !== isStarted];
      expect([jobId, ...all]).toEqual([jobId, true, true, true, true]);
    }
  });

  it('leave nothing of a job that was not made', async () => {
    const known = new Set(jobs.map(({ jobId }) => jobId));
    const items = await cloud.account.items();
    const queued = items.filter(({ pk }) => pk.startsWith(`QUEUE#${namespace}#`)).map(({ sk }) => sk.split('#').at(-1) ?? '');
    const recorded = items.filter(({ pk }) => pk.startsWith(`IDEMPOTENCY#${namespace}#`)).map(({ jobId }) => String(jobId));
    expect([...queued, ...recorded].filter((jobId) => !known.has(jobId))).toEqual([]);
    expect(items.filter(({ pk }) => pk === `MANIFESTS#${namespace}`)).toHaveLength(submitted);
  });
});
