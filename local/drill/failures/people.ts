import { drilled, here, untilStopped } from '../manifests.ts';
import type { Failures } from '../failure.ts';

const colleague = 'a-colleague';
const limited = drilled('limited');

/** What people do: nothing of it is marked as failed. */
export const peopleFailures: Failures = {
  'cancelled by another user': {
    how: 'a colleague cancels the job while it runs',
    manifest: drilled('cancelled', { hooks: { onRun: [untilStopped] } }),
    drive: async (cloud, job) => {
      await cloud.writes(job, here);
      await (await cloud.userNamed(colleague)).cancelJob(job);
    },
    asked: 'ended', cause: 'Cancelled', evidence: { state: 'DONE', says: colleague, event: 'CancelRequested' }, span: undefined,
  },
  'queue paused': {
    how: 'an operator has paused the namespace',
    manifest: drilled('paused'),
    prepare: async ({ client }) => {
      const request = { scope: { kind: 'namespace', namespace: 'drill-paused' }, reason: 'the file server is being moved' } as const;
      await client.pauseQueue(request);
      return async () => { await client.resumeQueue(request); };
    },
    asked: 'waiting', cause: 'Paused', evidence: { state: 'PENDING', says: 'the file server is being moved' }, span: undefined,
  },
  'limit of the shares': {
    how: 'the namespace may hold one job, and another one holds it',
    manifest: limited,
    prepare: async (cloud) => {
      const takeBack = await cloud.limits({ name: limited.metadata.namespace, kind: 'namespace', limits: { runningJobs: 1 } });
      const holder = await cloud.submit({ ...limited, spec: { ...limited.spec, hooks: { onRun: [untilStopped] } } });
      await cloud.reaches(holder, ['ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING']);
      return async () => {
        await cloud.client.cancelJob(holder);
        await cloud.ends(holder);
        await takeBack();
      };
    },
    asked: 'waiting', cause: 'WaitingForLimit', evidence: { state: 'PENDING', says: limited.metadata.namespace }, span: undefined,
  },
};
