import type { DescribeInstancesCommandInput, DescribeInstanceStatusCommandInput, EC2Client, Instance, InstanceStatus } from '@aws-sdk/client-ec2';
import { paginateDescribeInstanceStatus, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { ImpairedInstance, ProviderInstance } from '../../../core/capacity/gang.ts';
import { epochMs, instanceId, jobId, type InstanceId } from '../../../core/job/ids.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';
import { patiently } from './ec2-error.ts';
import { tagKeys } from './instance-tags.ts';
import { passingOverUnknown } from './unknown-ids.ts';

const PAGE_SIZE = 1000;
/** So many instances a call about statuses may name. */
const MOST_NAMED = 100;
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

  /**
   * EC2 sorts them out and knows no tags here: few come, however many run, and they may be anybody's in the account. Of two
   * filters an instance must fit both, so each check is asked for by itself.
   */
  async impaired(): Promise<ImpairedInstance[]> {
    const checks = ['instance-status.status', 'system-status.status'];
    const found = await Promise.all(checks.map((Name) => this.#impaired({ Filters: [{ Name, Values: ['impaired'] }] }, PAGE_SIZE)));
    return [...new Map(found.flat().map((instance) => [instance.instanceId, instance])).values()];
  }

  /** As they are now. Pages have no size where instances are named. */
  async impairedAmong(instances: readonly InstanceId[]): Promise<ImpairedInstance[]> {
    const impaired: ImpairedInstance[] = [];
    for (let start = 0; start < instances.length; start += MOST_NAMED) {
      const some = instances.slice(start, start + MOST_NAMED);
      impaired.push(...(await passingOverUnknown(some, (InstanceIds) => this.#impaired({ InstanceIds })) ?? []));
    }
    return impaired;
  }

  async #impaired(input: DescribeInstanceStatusCommandInput, pageSize?: number): Promise<ImpairedInstance[]> {
    return patiently(async () => {
      const impaired: ImpairedInstance[] = [];
      const pages = paginateDescribeInstanceStatus({ client: this.#ec2, ...(pageSize === undefined ? {} : { pageSize }) }, input);
      for await (const page of pages) impaired.push(...(page.InstanceStatuses ?? []).flatMap(toImpaired));
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

/** Its own check fails, or that of its host. Without a time nobody knows whether it is only starting again. */
function toImpaired({ InstanceId, InstanceStatus: own, SystemStatus: host }: InstanceStatus): ImpairedInstance[] {
  const failing = [own, host].filter((status) => status?.Status === 'impaired').flatMap((status) => status?.Details ?? []);
  const sinceMs = failing.flatMap(({ ImpairedSince }) => ImpairedSince?.getTime() ?? []).toSorted((a, b) => a - b)[0];
  return InstanceId === undefined || sinceMs === undefined ? [] : [{ instanceId: instanceId(InstanceId), sinceMs: epochMs(sinceMs) }];
}
