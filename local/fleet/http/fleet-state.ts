import type { FleetContext } from '../context.ts';
import type { Isolation } from '../instances/driver.ts';
import { holdsCapacity, isLive } from '../model.ts';
import type { FleetCall, Instance } from '../model.ts';
import { shortStatus } from '../ssm/command.ts';

/** What does not change while the simulator runs. */
export interface SimulatorFacts {
  readonly isolation: Isolation;
  readonly isolationNote: string;
  readonly speed: number;
}

/** Everything that people and tests may want to see of the fleet. */
export function fleetState(context: FleetContext, facts: SimulatorFacts): object {
  const instances = context.instances.values();
  return {
    ...facts,
    market: { seconds: context.market.seconds(), ...context.market.scenario },
    counts: countBy(instances, ({ state }) => state),
    live: instances.filter(isLive).length,
    mostAtOnce: mostAtOnce(instances),
    instances: instances.map((instance) => describeInstance(instance, context)),
    fleetCalls: context.fleetCalls.values().map(describeCall),
    commands: context.commands.list().map((command) => ({
      id: command.id,
      documentName: command.documentName,
      comment: command.comment,
      status: command.status,
      requestedAt: isoTime(command.requestedAtMs),
      invocations: context.commands.invocationsOf(command).map(({ instanceId, status, results }) => ({
        instanceId,
        status: shortStatus(status),
        statusDetails: status,
        responseCodes: results.map(({ responseCode }) => responseCode),
      })),
    })),
    faults: context.faults.list(),
    events: context.events.deliveries(),
  };
}

function describeInstance(instance: Instance, context: FleetContext): object {
  const { userData: _userData, ...record } = instance;
  return {
    ...record,
    launchedAt: isoTime(instance.launchedAtMs),
    registered: instance.registeredAtMs !== undefined && instance.state === 'running',
    commandIds: context.commands
      .list()
      .filter(({ targetIds }) => targetIds.includes(instance.id))
      .map(({ id }) => id),
  };
}

function describeCall(call: FleetCall): object {
  return {
    fleetId: call.fleetId,
    at: isoTime(call.atMs),
    clientToken: call.clientToken,
    requested: call.requested,
    pools: call.pools,
    tags: call.tags,
    answerLost: call.answerLost,
    launched: call.launched.map(({ override, market, instanceIds }) => ({
      type: override.type,
      zone: override.zone,
      market,
      instanceIds,
    })),
    errors: call.errors.map(({ override, market, code, message }) => ({
      type: override.type,
      zone: override.zone,
      market,
      code,
      message,
    })),
  };
}

/** The most instances that were there at once: in all, and by each tag `key=value`. */
function mostAtOnce(instances: readonly Instance[]): { readonly all: number; readonly byTag: Readonly<Record<string, number>> } {
  const byTag = new Map<string, Instance[]>();
  for (const instance of instances) {
    for (const [key, value] of Object.entries(instance.tags)) {
      const tag = `${key}=${value}`;
      byTag.set(tag, [...(byTag.get(tag) ?? []), instance]);
    }
  }
  return {
    all: peak(instances),
    byTag: Object.fromEntries([...byTag].map(([tag, tagged]) => [tag, peak(tagged)])),
  };
}

function peak(instances: readonly Instance[]): number {
  const changes = instances
    .flatMap((instance) => [
      { atMs: instance.launchedAtMs, by: 1 },
      ...(holdsCapacity(instance) ? [] : [{ atMs: instance.terminatedAtMs ?? 0, by: -1 }]),
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function countBy(instances: readonly Instance[], keyOf: (instance: Instance) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const instance of instances) {
    const key = keyOf(instance);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
