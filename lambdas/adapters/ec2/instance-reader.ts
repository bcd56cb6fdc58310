import type { DescribeInstancesCommandInput, EC2Client, Instance, InstanceStatus } from '@aws-sdk/client-ec2';
import { paginateDescribeInstanceStatus, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { ImpairedInstance, ProviderInstance } from '../../../core/capacity/gang.ts';
import { epochMs, instanceId, jobId, type InstanceId } from '../../../core/job/ids.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';
import { patiently } from './ec2-error.ts';
import { tagKeys } from './instance-tags.ts';

const PAGE_SIZE = 1000;
/** What EC2 says of an instance that TerminateInstances or StopInstances ended. */
const ENDED_BY_CALL = 'Client.UserInitiatedShutdown';
const ALIVE = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];

/** Finds instances by the tags that their launch gave them. What was launched a moment ago may not be visible yet. */
export class InstanceReader {
  readonly #ec2: EC2Client;
  readonly #deployment: string;

  constructor(ec2: EC2Client, deployment: string) {
    this.#ec2 = ec2;
    this.#deployment = deployment;
  }

  async ofAttempt({ jobId: job, attempt }: AttemptKey): Promise<ProviderInstance[]> {
    return this.#read({ [tagKeys.job]: job, [tagKeys.attempt]: String(attempt) }, {});
  }

  async ofDeployment(): Promise<ProviderInstance[]> {
    return this.#read({}, { 'instance-state-name': ALIVE });
  }

  /** By a filter: an id that EC2 does not know would make the call fail that names it. */
  async byId(id: InstanceId): Promise<ProviderInstance | undefined> {
    return (await this.#read({}, { 'instance-id': [id] }))[0];
  }

  /** EC2 sorts them out and knows no tags here: few come, however many run, and they may be anybody's in the account. */
  async impaired(): Promise<ImpairedInstance[]> {
    const input = { Filters: [{ Name: 'instance-status.status', Values: ['impaired'] }] };
    return patiently(async () => {
      const impaired: ImpairedInstance[] = [];
      for await (const page of paginateDescribeInstanceStatus({ client: this.#ec2, pageSize: PAGE_SIZE }, input)) {
        impaired.push(...(page.InstanceStatuses ?? []).flatMap(toImpaired));
      }
      return impaired;
    });
  }

  async #read(tags: Readonly<Record<string, string>>, filters: Readonly<Record<string, readonly string[]>>): Promise<ProviderInstance[]> {
    const wanted = { ...tags, [tagKeys.deployment]: this.#deployment };
    const input: DescribeInstancesCommandInput = {
      Filters: [
        ...Object.entries(wanted).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
        ...Object.entries(filters).map(([Name, values]) => ({ Name, Values: [...values] })),
      ],
    };
    return patiently(async () => {
      const instances: ProviderInstance[] = [];
      for await (const page of paginateDescribeInstances({ client: this.#ec2, pageSize: PAGE_SIZE }, input)) {
        for (const reservation of page.Reservations ?? []) instances.push(...(reservation.Instances ?? []).flatMap(toProviderInstance));
      }
      return instances;
    });
  }
}

function toProviderInstance(instance: Instance): ProviderInstance[] {
  const state = instance.State?.Name;
  if (!instance.InstanceId || !state) return [];
  const tags = new Map((instance.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const [job, attempt, pool] = [tags.get(tagKeys.job), tags.get(tagKeys.attempt), tags.get(tagKeys.pool)];
  return [{
    instanceId: instanceId(instance.InstanceId),
    state,
    instanceType: instance.InstanceType ?? '',
    zone: instance.Placement?.AvailabilityZone ?? '',
    market: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    ...(instance.PrivateIpAddress ? { address: instance.PrivateIpAddress } : {}),
    ...(job ? { jobId: jobId(job) } : {}),
    ...(attempt ? { attempt: Number(attempt) } : {}),
    ...(pool ? { pool } : {}),
    launchedAtMs: epochMs(instance.LaunchTime?.getTime() ?? 0),
    ...(instance.StateReason?.Code === ENDED_BY_CALL ? { endedByCall: true } : {}),
  }];
}

/** Without a time nobody knows whether it is only starting again. */
function toImpaired({ InstanceId, InstanceStatus: status }: InstanceStatus): ImpairedInstance[] {
  const sinceMs = (status?.Details ?? []).flatMap(({ ImpairedSince }) => ImpairedSince?.getTime() ?? []).toSorted((a, b) => a - b)[0];
  return InstanceId === undefined || sinceMs === undefined ? [] : [{ instanceId: instanceId(InstanceId), sinceMs: epochMs(sinceMs) }];
}
