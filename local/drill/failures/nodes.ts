import { drilled, here, onlyAs, untilStopped } from '../manifests.ts';
import type { Failures } from '../failure.ts';

const running = { subject: 'state', name: 'RUNNING' } as const;

/** What happens to machines. */
export const nodeFailures: Failures = {
  'boot time-out': {
    how: 'no machine’s agent ever registers with SSM',
    manifest: drilled('boot-time-out'),
    faults: [{ kind: 'neverRegister' }],
    asked: 'ended', cause: 'NodeNeverCameUp', evidence: { state: 'DONE', says: 'head-0' }, span: { subject: 'state', name: 'CONFIGURING' },
  },
  'Spot interruption': {
    how: 'EC2 takes the head node back, with its notice of two minutes',
    manifest: drilled('interrupted', { nodePools: onlyAs('m6i.large', 'Spot'), hooks: { onRun: [untilStopped] } }),
    drive: async (cloud, job) => {
      await cloud.writes(job, here);
      await cloud.interruptOne(job);
    },
    asked: 'ended', cause: 'SpotInterruption', evidence: { state: 'DONE', says: 'head-0', event: 'NodeInterrupted' }, span: running,
  },
  'node lost': {
    how: 'the host of the head node fails',
    manifest: drilled('node-lost', { hooks: { onRun: [untilStopped] } }),
    drive: async (cloud, job) => {
      await cloud.writes(job, here);
      await cloud.breaks(job.jobId, { kind: 'instanceDies', count: 1 });
    },
    asked: 'ended', cause: 'NodeLost', evidence: { state: 'DONE', says: 'head-0', event: 'NodeLost' }, span: running,
  },
  'terminate refused': {
    how: 'EC2 does not end the machine that it is told to end',
    manifest: drilled('stays'),
    faults: [{ kind: 'terminateIgnored', seconds: 100_000 }],
    drive: async (cloud, job) => {
      await cloud.ends(job);
      await cloud.reconcile();
    },
    asked: 'ended', cause: 'MachinesLeft', evidence: { state: 'DESTRUCTION_FAILED', says: '1 of its 1 machines' }, span: { subject: 'state', name: 'DESTROYING' }, alarm: { id: 'MachinesLeft' }, long: true,
  },
};
