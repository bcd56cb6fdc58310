import type { EC2Client } from '@aws-sdk/client-ec2';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { InstanceId } from '../../../core/job/ids.ts';
import { patiently, refusalIn } from './ec2-error.ts';

/** EC2 refuses much larger batches. */
const BATCH_SIZE = 500;

/**
 * Terminates instances. EC2 refuses a batch as a whole when it does not know one of its ids (gone for long, or not yet
 * visible), so those are left out and the rest is asked for again.
 */
export async function terminateInstances(ec2: EC2Client, instances: readonly InstanceId[]): Promise<void> {
  for (let start = 0; start < instances.length; start += BATCH_SIZE) {
    await terminateBatch(ec2, instances.slice(start, start + BATCH_SIZE));
  }
}

async function terminateBatch(ec2: EC2Client, batch: readonly InstanceId[]): Promise<void> {
  let ids: readonly string[] = batch;
  while (ids.length > 0) {
    try {
      await patiently(() => ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] })));
      return;
    } catch (error) {
      const refusal = refusalIn(error);
      const unknown = new Set<string>(refusal?.code === 'InvalidInstanceID.NotFound' ? refusal.message.match(/\bi-[0-9a-f]+\b/g) : []);
      const known = ids.filter((id) => !unknown.has(id));
      if (known.length === ids.length) throw error;
      ids = known;
    }
  }
}
