import type { EC2Client } from '@aws-sdk/client-ec2';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { InstanceId } from '../../../core/job/ids.ts';
import { patiently } from './ec2-error.ts';
import { passingOverUnknown } from './unknown-ids.ts';

/** EC2 refuses much larger batches. */
const BATCH_SIZE = 500;

/** Terminates instances; what EC2 does not know is passed over. */
export async function terminateInstances(ec2: EC2Client, instances: readonly InstanceId[]): Promise<void> {
  for (let start = 0; start < instances.length; start += BATCH_SIZE) {
    await passingOverUnknown(instances.slice(start, start + BATCH_SIZE), (InstanceIds) => patiently(() => ec2.send(new TerminateInstancesCommand({ InstanceIds }))));
  }
}
