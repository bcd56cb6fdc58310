import { PRIORITY_CLASSES } from '../../../core/manifest/schema.ts';
import { drilled, onlyAs } from '../manifests.ts';
import type { Failures } from '../failure.ts';

/** Of no other job, so that only one is refused. */
const forbidden = 'c6i.2xlarge';
const scarce = 'r6i.2xlarge';
const acquiring = { subject: 'state', name: 'ACQUIRING_CAPACITY' } as const;
const soon = { timeoutSeconds: 60 };
/** Of three at least: a promise does not ring for fewer. */
const wanted = drilled('no-capacity', { nodePools: onlyAs(scarce), capacity: soon, priority: PRIORITY_CLASSES.urgent });

/** Machines that cannot be had. */
export const capacityFailures: Failures = {
  'no capacity': {
    how: `EC2 has no ${scarce} in any zone, which three urgent jobs want`,
    manifest: wanted,
    prepare: (cloud) => cloud.changeMarket({ capacity: [{ type: scarce, zone: '*', market: '*', capacity: 0 }] }),
    drive: async (cloud) => {
      for (const each of [await cloud.submit(wanted), await cloud.submit(wanted)]) await cloud.ends(each);
    },
    asked: 'ended', cause: 'NoCapacity', evidence: { state: 'PROVISIONING_FAILED', awsCode: 'InsufficientInstanceCapacity' }, span: acquiring, alarm: { id: 'TimeToCapacitySlow' },
  },
  'account quota': {
    how: 'the account’s quota of vCPUs is used up',
    manifest: drilled('quota', { capacity: soon }),
    faults: [{ kind: 'fail', action: 'CreateFleet', code: 'VcpuLimitExceeded', message: 'You have requested more vCPU capacity than your current vCPU limit.' }],
    asked: 'ended', cause: 'AccountQuota', evidence: { state: 'PROVISIONING_FAILED', awsCode: 'VcpuLimitExceeded' }, span: acquiring,
  },
  'EC2 throttles launches': {
    how: 'EC2 refuses each CreateFleet as one too many, until a task gives up',
    manifest: drilled('throttled'),
    faults: [{ kind: 'throttle', action: 'CreateFleet' }],
    drive: async (cloud, job) => {
      await cloud.reaches(job, ['DESTROYING', 'PROVISIONING_FAILED']);
      await cloud.mends(job.namespace);
    },
    asked: 'ended', cause: 'DependencyThrottled', evidence: { state: 'DONE', says: 'RequestLimitExceeded' }, span: acquiring,
  },
  'bad machine image': {
    how: 'the image is not there',
    manifest: drilled('bad-image'),
    faults: [{ kind: 'fail', action: 'CreateFleet', code: 'InvalidAMIID.NotFound', message: "The image id '[ami-0bad0bad0bad0bad0]' does not exist" }],
    asked: 'ended', cause: 'ImageNotUsable', evidence: { state: 'PROVISIONING_FAILED', awsCode: 'InvalidAMIID.NotFound' }, span: acquiring, alarm: { id: 'LaunchesRefused' },
  },
  'role denied': {
    how: `an IAM policy denies the orchestrator’s role ec2:RunInstances of ${forbidden}`,
    manifest: drilled('role-denied', { nodePools: onlyAs(forbidden) }),
    prepare: (cloud) => cloud.deny('AcquireCapacity', {
      Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: { StringEquals: { 'ec2:InstanceType': forbidden } },
    }),
    asked: 'ended', cause: 'LaunchNotPermitted', evidence: { state: 'PROVISIONING_FAILED', awsCode: 'UnauthorizedOperation' }, span: acquiring, alarm: { id: 'LaunchesRefused' },
  },
};
