import type { FleetContext } from '../context.ts';
import { priceUsdPerHour } from '../facts/facts.ts';
import { instanceTarget } from '../faults.ts';
import type { Caller } from '../http/caller.ts';
import type { FleetLaunch, Instance, InstanceInterface } from '../model.ts';
import { freeAddresses } from './addresses.ts';
import type { Pool } from './fleet-pools.ts';
import type { FleetRequest } from './fleet-request.ts';
import { randomId } from './ids.ts';
import type { PoolLaunch } from './launch-room.ts';
import { heldAddresses } from './subnet-addresses.ts';

/** A launch and what it was asked with. */
interface Launching {
  readonly launch: PoolLaunch;
  readonly fleetId: string;
  readonly request: FleetRequest;
  readonly pools: readonly Pool[];
  readonly caller: Caller;
  readonly context: FleetContext;
}

/** Starts the instances of a launch, the first of them in the reservations' slots. */
export function startInstances(launching: Launching): FleetLaunch {
  const { launch, pools, context } = launching;
  const pool = pools.find((candidate) => candidate.override === launch.override);
  if (pool === undefined) {
    throw new Error('A launch in a pool that was not asked for');
  }
  const reservationId = `r-${randomId(17)}`;
  const addresses = freeAddresses(pool.subnet.cidr, usedAddresses(pool.subnet.id, context.instances.values()));
  const slots = launch.slots.flatMap(({ reservationId: id, count }) => Array.from({ length: count }, () => id));
  const instanceIds = Array.from({ length: launch.count }, (_, index) => {
    const instance = newInstance(launching, pool, { reservationId, capacityReservationId: slots[index], ...newInterfaces(pool, addresses) });
    context.lifecycle.begin(instance);
    return instance.id;
  });
  return { override: launch.override, market: launch.market, instanceIds };
}

/** The addresses that instances of a subnet hold. */
export function usedAddresses(subnetId: string, instances: readonly Instance[]): Set<string> {
  return new Set(
    instances.filter((instance) => instance.subnetId === subnetId && instance.state !== 'terminated').flatMap(heldAddresses),
  );
}

/** The first interface has the instance's address. */
function newInterfaces({ override }: Pool, addresses: Generator<string>): { address: string; interfaces: readonly InstanceInterface[] } {
  const asked = override.interfaces ?? [{ kind: 'interface', cardIndex: 0, deviceIndex: 0 } as const];
  const interfaces = asked.map((card) => ({
    ...card,
    id: `eni-${randomId(17)}`,
    address: card.kind === 'efa-only' ? undefined : String(addresses.next().value),
  }));
  const address = interfaces.find((card) => card.address !== undefined)?.address ?? String(addresses.next().value);
  return { address, interfaces };
}

type Given = Pick<Instance, 'reservationId' | 'capacityReservationId' | 'address' | 'interfaces'>;

function newInstance({ launch, fleetId, request, caller, context }: Launching, pool: Pool, given: Given): Instance {
  const { clock, market: runningMarket, faults } = context;
  const { boot, visibility } = runningMarket.scenario;
  const id = `i-${randomId(17)}`;
  const tags = { ...pool.template.instanceTags, ...request.instanceTags, 'aws:ec2:fleet-id': fleetId };
  const now = clock.nowMs();
  const slower = 1 + boot.jitter * jitterShare(id);
  const late = faults.strike('slowBoot', instanceTarget({ id, tags }))?.seconds ?? 0;
  const { type, zone, group } = launch.override;
  return {
    ...given,
    id,
    fleetId,
    type,
    zone,
    market: launch.market,
    tags,
    account: caller.account,
    region: caller.region,
    subnetId: pool.subnet.id,
    vpcId: pool.subnet.vpcId,
    securityGroupIds: pool.template.securityGroupIds,
    placementGroup: group,
    priceUsdPerHour: priceUsdPerHour(type, zone, launch.market),
    imageId: pool.imageId,
    profileArn: pool.profile?.arn,
    userData: pool.template.userData,
    shutdownBehavior: pool.template.shutdownBehavior,
    state: 'pending',
    launchedAtMs: now,
    visibleAtMs: now + visibility.instanceMs,
    runningAtMs: now + clock.wallMs(boot.runningSeconds * slower),
    registersAtMs: now + clock.wallMs((boot.runningSeconds + boot.registerSeconds) * slower + late),
    up: false,
  };
}

/** From 0 to 1, and the same for the same instance. */
function jitterShare(id: string): number {
  return Number.parseInt(id.slice(-4), 16) / 0xffff;
}
