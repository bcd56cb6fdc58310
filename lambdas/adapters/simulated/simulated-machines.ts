import * as z from 'zod';
import { errorScope } from '../../../core/capacity/error-scope.ts';
import type { GangRequest, ImpairedInstance, LaunchedInstance, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance, ReleaseResult } from '../../../core/capacity/gang.ts';
import type { SimulatedProviderSettings } from '../../../core/deployment/deployment.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { InstanceId } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptKey, DoomedInstance, LaunchRequest, Machines } from '../../../core/ports/machines.ts';
import { attemptOf, machineId } from './simulated-ids.ts';
import type { Room } from './simulated-market.ts';
import { isBounded, roomiestType, roomOf } from './simulated-market.ts';
import type { LivingMachines, SimulatedAttempt, SimulatedMachine, SimulatedRecords } from './simulated-records.ts';
import { changeRecord, livingOf } from './simulated-records.ts';

const requestSchema = z.object({
  pool: z.string(), count: z.number(), minimum: z.number(), market: z.enum(['spot', 'on-demand', 'reserved']),
  instanceTypes: z.array(z.string()), zones: z.array(z.string()), oneType: z.boolean(),
});
type Request = z.infer<typeof requestSchema>;

/** Of a deployment that has none. */
export const noSimulatedMachines: SimulatedProviderSettings = { capacity: [{ machines: 0 }], usdPerHour: {} };

export interface SimulatedMachinesPorts {
  readonly records: SimulatedRecords;
  readonly settings: SimulatedProviderSettings;
  readonly clock: Clock;
}

/**
 * Machines that are only records: so many of each offering as the configuration says, there at once and gone at once.
 * Two launches in the very same moment may both get the last machine of an offering, since only an attempt's own record
 * is fenced.
 */
export class SimulatedMachines implements Machines {
  readonly #ports: SimulatedMachinesPorts;

  constructor(ports: SimulatedMachinesPorts) {
    this.#ports = ports;
  }

  async request(gang: GangRequest, launch: PlannedLaunch): Promise<LaunchRequest> {
    const { pool, count, minimum, market, instanceTypes, zones } = launch;
    const oneType = gang.pools.find((candidate) => candidate.pool === pool)?.mix === 'Same';
    const request: Request = { pool, count, minimum, market, instanceTypes: [...instanceTypes], zones: [...zones], oneType };
    return { kind: 'request', request: JSON.stringify(request) };
  }

  async launch({ jobId, attempt, ordinal, clientToken, request }: LaunchRecord): Promise<LaunchOutcome> {
    if (request === undefined) throw new InternalError('A launch without its request cannot be made', { jobId, ordinal });
    return changeRecord<LaunchOutcome>(this.#ports.records, { jobId, attempt }, async (record) => {
      const known = record.launches[clientToken];
      if (known !== undefined) return { answer: known.request === request ? known.outcome : mismatch(clientToken) };
      const wanted = requestSchema.parse(JSON.parse(request));
      const rooms = await this.#rooms(wanted, record);
      const machines = this.#take(wanted, rooms, record);
      const outcome = outcomeOf(wanted, rooms, machines);
      return { next: { ...record, machines: [...record.machines, ...machines], launches: { ...record.launches, [clientToken]: { request, outcome } } }, answer: outcome };
    });
  }

  async #rooms({ zones, instanceTypes, market, oneType }: Request, own: SimulatedAttempt): Promise<readonly Room[]> {
    const offerings = zones.flatMap((zone) => instanceTypes.map((instanceType) => ({ instanceType, zone, market })));
    const all = isBounded(offerings, this.#ports.settings) ? await this.#ports.records.list() : [];
    const others = all.filter((record) => record.jobId !== own.jobId || record.attempt !== own.attempt);
    const rooms = roomOf(offerings, this.#ports.settings, [...livingOf(own), ...others.flatMap(({ machines }) => machines)]);
    return oneType ? roomiestType(rooms) : rooms;
  }

  #take({ pool, count, minimum }: Request, rooms: readonly Room[], record: SimulatedAttempt): SimulatedMachine[] {
    const free = rooms.reduce((sum, room) => sum + room.free, 0);
    const take = free < minimum ? 0 : Math.min(free, count);
    const machines: SimulatedMachine[] = [];
    const launchedAtMs = this.#ports.clock.now();
    for (const room of rooms) {
      for (let left = Math.min(room.free, take - machines.length); left > 0; left -= 1) {
        const number = record.machines.length + machines.length + 1;
        machines.push({ ...room.offering, instanceId: machineId(record, number), pool, address: addressOf(number), launchedAtMs });
      }
    }
    return machines;
  }

  async describe(attempt: AttemptKey): Promise<readonly ProviderInstance[]> {
    return instancesOf((await this.#ports.records.get(attempt)).record);
  }

  async describeAll(): Promise<readonly ProviderInstance[]> {
    return (await this.#ports.records.list()).flatMap(instancesOf);
  }

  /** None hangs. */
  async impaired(): Promise<readonly ImpairedInstance[]> {
    return [];
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    const own = instances.flatMap((id) => {
      const attempt = attemptOf(id);
      return attempt === undefined ? [] : [{ id, attempt }];
    });
    for (const each of Map.groupBy(own, ({ attempt: { jobId, attempt } }) => `${jobId}/${attempt}`).values()) {
      const [first] = each;
      if (first !== undefined) await this.#end(first.attempt, new Set(each.map(({ id }) => id)));
    }
  }

  async find(instanceId: InstanceId): Promise<ProviderInstance | undefined> {
    const attempt = attemptOf(instanceId);
    return attempt === undefined ? undefined : (await this.describe(attempt)).find((instance) => instance.instanceId === instanceId);
  }

  async awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]> {
    const wanted = new Set(instances);
    return (await this.describe(attempt)).filter(({ instanceId }) => wanted.has(instanceId));
  }

  async destroy(attempt: AttemptKey, doomed: readonly DoomedInstance[], everything: boolean): Promise<ReleaseResult> {
    const ids = new Set(doomed.map(({ instanceId }) => instanceId));
    return { terminated: await this.#end(attempt, everything ? 'all' : ids), remaining: 0 };
  }

  /** Ends machines of an attempt that live; answers how many that were. */
  async #end(attempt: AttemptKey, which: ReadonlySet<InstanceId> | 'all'): Promise<number> {
    const goneAtMs = this.#ports.clock.now();
    return changeRecord<number>(this.#ports.records, attempt, (record) => {
      const answer = record.machines.filter((machine) => isDoomed(machine, which)).length;
      if (answer === 0) return { answer };
      return { answer, next: { ...record, machines: record.machines.map((machine) => (isDoomed(machine, which) ? { ...machine, goneAtMs } : machine)) } };
    });
  }
}

function isDoomed({ instanceId, goneAtMs }: SimulatedMachine, which: ReadonlySet<InstanceId> | 'all'): boolean {
  return goneAtMs === undefined && (which === 'all' || which.has(instanceId));
}

/** From the block that is set aside for tests of equipment, 198.18.0.0/15: nobody answers there. */
function addressOf(number: number): string {
  return `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`;
}

function instancesOf({ jobId, attempt, machines }: LivingMachines): ProviderInstance[] {
  return machines.map(({ goneAtMs, ...machine }) => ({ ...machine, jobId, attempt, ...(goneAtMs === undefined ? { state: 'running' } : { state: 'terminated', endedByCall: true }) }));
}

function outcomeOf({ count }: Request, rooms: readonly Room[], machines: readonly SimulatedMachine[]): LaunchOutcome {
  const launched: LaunchedInstance[] = machines.map(({ instanceId, instanceType, zone, market }) => ({ instanceId, instanceType, zone, market }));
  if (machines.length === count) return { launched, unavailable: [] };
  const refused = rooms.find(({ code }) => errorScope(code) === 'reject');
  const unavailable = rooms.map(({ offering, code }) => ({ offering, code, message: 'simulated: the configuration has no more of it' }));
  return { launched, unavailable, ...(refused === undefined ? {} : { rejected: { code: refused.code, message: 'simulated: the configuration says so' } }) };
}

function mismatch(clientToken: string): LaunchOutcome {
  return { launched: [], unavailable: [], rejected: { code: 'IdempotentParameterMismatch', message: `The token ${clientToken} stands for another request.` } };
}
