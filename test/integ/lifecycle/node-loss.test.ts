import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import type { JobDetail, JobEvent, JobRef, LogLine } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, begun, script } from '../cloud/manifests.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { gate } from '../cloud/gate.ts';

jest.setTimeout(600_000);

type Spec = ClusterDefinition['spec'];

interface Lived {
  readonly job: JobRef;
  readonly end: JobDetail;
  readonly events: readonly JobEvent[];
  readonly logs: readonly LogLine[];
}

const nodePools: Spec['nodePools'] = [
  { name: 'head', count: 1, instanceType: 'm6i.large' },
  { name: 'workers', count: 2, instanceType: 'c6i.large', purchaseOption: 'Spot' },
];

let cloud: SharedCloud;
beforeAll(async () => { cloud = await sharedCloud(); });

/**
 * A job whose run waits until its gate is open, or goes on by itself in a second attempt. EC2 takes one of its workers
 * back; the gate is opened once the history has `then`.
 */
async function loses(name: string, then: JobEvent['type'], spec: Partial<Spec>): Promise<Lived> {
  const { wait, open } = await gate(cloud, `${name}-${randomUUID()}`);
  const hooks: Spec['hooks'] = {
    onConfigure: [script('Set up', 'until [ -e /data/ready ]; do sleep 0.1; [ "$ORCH_RANK" -ne 0 ] || touch /data/ready; done', '[ ! -e /data/begun ] || echo "sees what the head wrote"')],
    onRun: [script('Work', 'touch /data/begun', 'echo here', `if [ "$ORCH_ATTEMPT" -eq 1 ]; then ${wait}; fi`, 'wc --lines < "$ORCH_NODE_LIST"')],
  };
  const job = await cloud.jobs.submit(aCluster(`loss-${name}`, name, { nodePools, hooks, ...spec }));
  await cloud.jobs.writes(job, 'here');
  await cloud.fleet.interruptOne(job.jobId);
  await cloud.jobs.happens(job, then);
  if (then === 'NodeReplaced') await cloud.jobs.writes(job, 'sees what the head wrote');
  await open();
  const end = await cloud.jobs.ends(job, 300_000);
  return { job, end, events: await cloud.jobs.events(job), logs: await cloud.jobs.logs(job) };
}

const begins = ({ logs }: Lived, step: string): readonly string[] => logs.filter((line) => line.step === step && line.message === begun).map(({ node }) => node);
/** EC2 recommends a replacement before it gives notice: two entries of the same type. */
const told = ({ events }: Lived): readonly string[] => [...new Set(events.map(({ type }) => type))].filter((type) => /^(?:Node(?:Interrupted|Lost|Replaced)|AttemptRetried)$/.test(type));

describe('a worker that EC2 takes back', () => {
  it('is replaced while the job on the head goes on, and only the new one is configured', async () => {
    const lived = await loses('replace', 'NodeReplaced', { onNodeLoss: 'Replace' });

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', attempt: 1 });
    expect(told(lived)).toEqual(['NodeInterrupted', 'NodeLost', 'NodeReplaced']);
    expect(begins(lived, 'Work')).toEqual(['head-0']);
    expect(begins(lived, 'Set up')).toHaveLength(4);
    expect(new Set(begins(lived, 'Set up')).size).toBe(3);
    expect(lived.logs.filter(({ step }) => step === 'Work').at(-1)?.message).toBe('3');
    expect(await cloud.fleet.instancesOf(lived.job.jobId)).toHaveLength(4);
    await leavesNothing(cloud, lived.job);
  });

  it('sends the job back to the queue, for a second attempt', async () => {
    const lived = await loses('requeue', 'AttemptRetried', { onNodeLoss: 'Requeue' });

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', attempt: 2 });
    expect(told(lived)).toEqual(['NodeInterrupted', 'NodeLost', 'AttemptRetried']);
    expect(begins(lived, 'Work')).toHaveLength(2);
    await leavesNothing(cloud, lived.job);
  });

  it('ends a job that says nothing of it', async () => {
    const lived = await loses('fail', 'NodeLost', {});

    expect(lived.end).toMatchObject({ state: 'DONE', outcome: 'INTERRUPTED', attempt: 1, reason: { code: 'NodeLost' } });
    expect(told(lived)).toEqual(['NodeInterrupted', 'NodeLost']);
    await leavesNothing(cloud, lived.job);
  });
});
