import { setTimeout as delay } from 'node:timers/promises';
import type { EC2Client, PlacementGroup as Ec2PlacementGroup } from '@aws-sdk/client-ec2';
import { CreatePlacementGroupCommand, DeletePlacementGroupCommand, DescribePlacementGroupsCommand } from '@aws-sdk/client-ec2';
import { jobId } from '../../../core/job/ids.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';
import type { PlacementGroup, PlacementGroups } from '../../../core/ports/placement-groups.ts';
import type { Ec2Refusal } from './ec2-error.ts';
import { patiently, refusalIn } from './ec2-error.ts';
import { tagKeys } from './instance-tags.ts';

const FIRST_PAUSE_MS = 100;
const AVAILABLE_AFTER_MS = 10_000;

/**
 * The group of an attempt in a zone. One per zone, since a group keeps to the zone of the machines that stand in it, those
 * that are shutting down too: a job that goes on elsewhere needs another.
 */
export function groupName(deployment: string, { jobId: job, attempt }: AttemptKey, zone: string): string {
  return `${deployment}-${job}-${attempt}-${zone}`;
}

/** Cluster placement groups of EC2, found again by their tags. */
export class Ec2PlacementGroups implements PlacementGroups {
  readonly #ec2: EC2Client;
  readonly #deployment: string;

  constructor(ec2: EC2Client, deployment: string) {
    this.#ec2 = ec2;
    this.#deployment = deployment;
  }

  /**
   * Makes a group unless it is there, and waits until launches may name it. Answers why there is none: what EC2 said, or
   * what it says to a launch that names a group too early.
   */
  async ensure(name: string, { jobId: job, attempt }: AttemptKey): Promise<Ec2Refusal | undefined> {
    if (await this.#isAvailable(name)) return undefined;
    const tags = { [tagKeys.deployment]: this.#deployment, [tagKeys.job]: job, [tagKeys.attempt]: String(attempt) };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    try {
      await this.#unlessRefused('InvalidPlacementGroup.Duplicate', () =>
        this.#ec2.send(new CreatePlacementGroupCommand({ GroupName: name, Strategy: 'cluster', TagSpecifications: [{ ResourceType: 'placement-group', Tags }] })),
      );
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal === undefined) throw error;
      return refusal;
    }
    return (await this.#becomesAvailable(name)) ? undefined : { code: 'InvalidPlacementGroup.Unknown', message: `The placement group ${name} is not available yet` };
  }

  async #becomesAvailable(name: string): Promise<boolean> {
    for (let waitedMs = 0, pauseMs = FIRST_PAUSE_MS; waitedMs < AVAILABLE_AFTER_MS; waitedMs += pauseMs, pauseMs *= 2) {
      if (await this.#isAvailable(name)) return true;
      await delay(pauseMs);
    }
    return this.#isAvailable(name);
  }

  async #isAvailable(name: string): Promise<boolean> {
    const [group] = await this.#describe({ 'group-name': name });
    return group?.State === 'available';
  }

  async list(): Promise<readonly PlacementGroup[]> {
    const groups = await this.#describe({ [`tag:${tagKeys.deployment}`]: this.#deployment });
    return groups.flatMap(({ GroupName: name, Tags = [] }) => {
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
      const [job, attempt] = [tags.get(tagKeys.job), tags.get(tagKeys.attempt)];
      return name && job && attempt ? [{ name, jobId: jobId(job), attempt: Number(attempt) }] : [];
    });
  }

  async remove(name: string): Promise<boolean> {
    return this.#unlessRefused('InvalidPlacementGroup.InUse', () =>
      this.#unlessRefused('InvalidPlacementGroup.Unknown', () => this.#ec2.send(new DeletePlacementGroupCommand({ GroupName: name }))),
    );
  }

  async #describe(filters: Readonly<Record<string, string>>): Promise<readonly Ec2PlacementGroup[]> {
    const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
    const { PlacementGroups: groups = [] } = await patiently(() => this.#ec2.send(new DescribePlacementGroupsCommand({ Filters })));
    return groups;
  }

  /** Whether a call was carried out; a refusal with this code is an answer. */
  async #unlessRefused(code: string, call: () => Promise<unknown>): Promise<boolean> {
    try {
      await patiently(call);
      return true;
    } catch (error) {
      if (refusalIn(error)?.code !== code) throw error;
      return false;
    }
  }
}
