import { setTimeout as delay } from 'node:timers/promises';
import type { CreateFleetCommandInput, CreateFleetCommandOutput, EC2Client } from '@aws-sdk/client-ec2';
import { CreateFleetCommand, DescribeFleetsCommand } from '@aws-sdk/client-ec2';
import { knownScope } from '../../../core/capacity/error-scope.ts';
import { isGoing } from '../../../core/capacity/gang.ts';
import type { GangRequest, ImpairedInstance, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance, ReleaseResult } from '../../../core/capacity/gang.ts';
import { unavailableOutcome } from '../../../core/capacity/unavailable-outcome.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { InstanceId } from '../../../core/job/ids.ts';
import type { InstanceCatalogue } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptKey, DoomedInstance, LaunchRequest, Machines } from '../../../core/ports/machines.ts';
import { Destruction } from './destruction.ts';
import { patiently, refusalIn, requestIdOf } from './ec2-error.ts';
import { fleetOutcome } from './fleet-outcome.ts';
import { Ec2PlacementGroups } from './ec2-placement-groups.ts';
import { fleetRequest, groupOf } from './fleet-request.ts';
import { InstanceReader } from './instance-reader.ts';
import { namingImages } from './resolved-images.ts';
import { terminateInstances } from './terminate.ts';

/** How long one task waits for new instances to become visible. */
const VISIBILITY_WAIT_MS = 120_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3000;

export interface Ec2MachinesPorts {
  readonly ec2: EC2Client;
  readonly catalogue: InstanceCatalogue;
  readonly clock: Clock;
  readonly deployment: Deployment;
}

/** Machines of EC2, launched by fleets of type `instant` and found by their tags. */
export class Ec2Machines implements Machines {
  readonly #ports: Ec2MachinesPorts;
  readonly #instances: InstanceReader;
  readonly #groups: Ec2PlacementGroups;

  constructor(ports: Ec2MachinesPorts) {
    this.#ports = ports;
    this.#groups = new Ec2PlacementGroups(ports.ec2, ports.deployment.name);
    this.#instances = new InstanceReader(ports.ec2, ports.deployment.name);
  }

  async request(gang: GangRequest, launch: PlannedLaunch): Promise<LaunchRequest> {
    const { catalogue, deployment } = this.#ports;
    const types = await catalogue.facts(gang.region, launch.instanceTypes);
    const made = fleetRequest(gang, launch, types, deployment);
    if (made.kind !== 'request') return made;
    const group = groupOf(made.input);
    const refusal = group === undefined ? undefined : await this.#groups.ensure(group, launch);
    if (refusal) return { kind: knownScope(refusal.code) === 'offering' ? 'lacking' : 'rejected', ...refusal };
    return { kind: 'request', request: JSON.stringify(made.input) };
  }

  async launch(launch: LaunchRecord): Promise<LaunchOutcome> {
    if (launch.request === undefined) throw new InternalError('A launch without its request cannot be made', { ordinal: launch.ordinal });
    const input: CreateFleetCommandInput = JSON.parse(launch.request);
    const answer = await this.#createFleet(launch, input);
    const outcome = 'launched' in answer ? answer : fleetOutcome(launch, await this.#contentOf(answer), this.#ports.deployment.subnets, answer.$metadata.requestId);
    return namingImages(outcome, input);
  }

  /** What EC2 answers, or the outcome that its refusal means. */
  async #createFleet(launch: LaunchRecord, input: CreateFleetCommandInput): Promise<CreateFleetCommandOutput | LaunchOutcome> {
    try {
      return await patiently(() => this.#ports.ec2.send(new CreateFleetCommand(input)));
    } catch (error) {
      const refusal = refusalIn(error);
      if (!refusal) throw error;
      const scope = knownScope(refusal.code) ?? 'reject';
      const requestId = requestIdOf(error);
      const outcome = scope === 'reject' ? { launched: [], unavailable: [], rejected: refusal } : unavailableOutcome(launch, refusal.code, refusal.message);
      return { ...outcome, ...(requestId ? { requestId } : {}) };
    }
  }

  /**
   * The answer to a repeated call may name only the fleet, which remembers what it launched. One that does not show yet,
   * or has not finished, has launched nobody knows what: to take that for nothing would launch twice.
   */
  async #contentOf(answer: CreateFleetCommandOutput): Promise<Pick<CreateFleetCommandOutput, 'Instances' | 'Errors'>> {
    const { FleetId: fleetId } = answer;
    if (!fleetId || answer.Instances?.length || answer.Errors?.length) return answer;
    const { Fleets: [fleet] = [] } = await patiently(() => this.#ports.ec2.send(new DescribeFleetsCommand({ FleetIds: [fleetId] })));
    if (fleet === undefined || fleet.FleetState === 'submitted') throw new InternalError('The fleet does not say yet what it has launched', { fleetId });
    return fleet;
  }

  async describe(attempt: AttemptKey): Promise<readonly ProviderInstance[]> {
    return this.#instances.ofAttempt(attempt);
  }

  async describeAll(): Promise<readonly ProviderInstance[]> {
    return this.#instances.ofDeployment();
  }

  async impaired(among?: readonly InstanceId[]): Promise<readonly ImpairedInstance[]> {
    return among === undefined ? this.#instances.impaired() : this.#instances.impairedAmong(among);
  }

  async find(instanceId: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#instances.byId(instanceId);
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    await terminateInstances(this.#ports.ec2, instances);
  }

  async awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]> {
    const wanted = new Set(instances);
    let missing = wanted.size;
    for await (const seen of this.#watch(attempt, VISIBILITY_WAIT_MS)) {
      const found = seen.filter(({ instanceId }) => wanted.has(instanceId));
      missing = wanted.size - found.filter((instance) => instance.address !== undefined || isGoing(instance)).length;
      if (missing === 0) return found;
    }
    throw new InternalError(`${missing} launched instances are not visible`, { ...attempt, missing });
  }

  async destroy(attempt: AttemptKey, doomed: readonly DoomedInstance[], everything: boolean): Promise<ReleaseResult> {
    const { clock, deployment } = this.#ports;
    const destruction = new Destruction(doomed, everything);
    const asked = new Set<InstanceId>();
    let remaining = doomed.length;
    for await (const seen of this.#watch(attempt, deployment.intervals.destroyWait * 1000)) {
      const left = destruction.look(seen, clock.now());
      remaining = left.length;
      if (remaining === 0) break;
      await this.terminate(left);
      for (const id of left) asked.add(id);
    }
    return { terminated: asked.size, remaining };
  }

  /** Looks at the instances of an attempt again and again, ever more slowly, and once more when the time is over. */
  async *#watch(attempt: AttemptKey, durationMs: number): AsyncGenerator<readonly ProviderInstance[]> {
    const { clock } = this.#ports;
    const endMs = clock.now() + durationMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.6)) {
      yield await this.describe(attempt);
      const leftMs = endMs - clock.now();
      if (leftMs <= 0) return;
      await delay(Math.min(pauseMs, leftMs));
    }
  }
}
